"""OpenPGP signatures, judged by GnuPG with a keyring of its own; runs in a child only."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from source_controller.git.sshsig import SignatureError

_TRUST = ("--trust-model", "always", "--no-auto-key-retrieve", "--disable-dirmngr", "--no-options")
_GOOD = re.compile(rb"^\[GNUPG:\] VALIDSIG (?:\S+ ){9}([0-9A-F]{40})\b", re.MULTILINE)
_BAD = re.compile(rb"^\[GNUPG:\] (BADSIG|ERRSIG|EXPSIG|EXPKEYSIG|REVKEYSIG|NO_PUBKEY)\b", re.MULTILINE)
_WHY = {
    b"BADSIG": "the OpenPGP signature is not of this content",
    b"EXPSIG": "the OpenPGP signature has expired",
    b"EXPKEYSIG": "the OpenPGP key has expired",
    b"REVKEYSIG": "the OpenPGP key was revoked",
}


def verify(message: bytes, armored: str, keyrings: Sequence[bytes], private: Path) -> str:
    """The id (16 hexadecimal digits, of the primary key) of the trusted key that signed. Raises `SignatureError`."""
    gpg = shutil.which("gpg")
    if gpg is None:
        raise SignatureError("GnuPG (gpg) is not installed, which OpenPGP signatures need")
    home = private / "gnupg"
    home.mkdir(mode=0o700, exist_ok=True)
    base = [gpg, "--batch", "--no-tty", "--quiet", "--no-autostart", f"--homedir={home}", *_TRUST, "--status-fd=1"]
    for keyring in keyrings:
        _run([*base, "--import"], keyring)
    (private / "signature.asc").write_text(armored)
    said = _run([*base, "--verify", str(private / "signature.asc"), "-"], message)
    bad, good = _BAD.search(said), _GOOD.findall(said)
    if bad or len(good) != 1:
        raise SignatureError(_WHY.get(bad[1], _NOBODY) if bad else _NOBODY)
    return bytes(good[0]).decode()[-16:]


_NOBODY = "the OpenPGP signature is by none of the trusted keys"


def _run(arguments: Sequence[str], data: bytes) -> bytes:
    done = subprocess.run(  # noqa: S603  the arguments are ours
        arguments, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return done.stdout
