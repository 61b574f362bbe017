import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_controller.git import openpgp, signed, sshsig
from source_controller.git.sshsig import SignatureError
from tests.binaries import need

MESSAGE = b"tree 1\nauthor x\n\nmessage\n"
KINDS = {"ed25519": [], "rsa": ["-b", "2048"], "ecdsa": ["-b", "256"], "ecdsa-521": ["-b", "521"]}


def _key(directory: Path, kind: str) -> Path:
    path = directory / kind
    command = ["ssh-keygen", "-q", "-N", "", "-t", kind.partition("-")[0], *KINDS[kind], "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def _sign(key: Path, message: bytes, namespace: str = "git") -> str:
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(key)]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_signatures_of_ssh_keygen_are_verified(kind: str, tmp_path: Path) -> None:
    key = _key(tmp_path, kind)
    public = key.with_suffix(".pub").read_text()
    listed = subprocess.run(["ssh-keygen", "-l", "-f", str(key)], capture_output=True, check=True).stdout.decode()
    trusted = sshsig.keys(f'# comment\n\nnamespaces="git" {public}')
    assert sshsig.verify(MESSAGE, _sign(key, MESSAGE), trusted) == listed.split()[1]
    with pytest.raises(SignatureError, match="is not of this content"):
        sshsig.verify(MESSAGE + b"x", _sign(key, MESSAGE), trusted)


def test_signatures_of_strangers_and_for_other_uses_are_refused(tmp_path: Path) -> None:
    mine, other = _key(tmp_path, "ed25519"), _key(tmp_path, "ecdsa")
    trusted = sshsig.keys(mine.with_suffix(".pub").read_text())
    with pytest.raises(SignatureError, match="is not among the trusted keys"):
        sshsig.verify(MESSAGE, _sign(other, MESSAGE), trusted)
    with pytest.raises(SignatureError, match="was not made for git"):
        sshsig.verify(MESSAGE, _sign(mine, MESSAGE, "file"), trusted)
    with pytest.raises(SignatureError, match="a line holds no SSH public key"):
        sshsig.keys("hello")


@given(st.binary(max_size=200))
def test_any_blob_is_refused(data: bytes) -> None:
    import base64  # noqa: PLC0415  only here

    for blob in (data, b"SSHSIG\0\0\0\1" + data):
        text = base64.b64encode(blob).decode()
        with pytest.raises(SignatureError):
            sshsig.verify(MESSAGE, f"{sshsig.BEGIN}\n{text}\n-----END SSH SIGNATURE-----", [b"x"])


COMMIT = b"""tree aa
parent bb
author A <a@b> 1 +0000
committer A <a@b> 1 +0000
gpgsig -----BEGIN SSH SIGNATURE-----
 abc
 \x20
 -----END SSH SIGNATURE-----
encoding x

subject

gpgsig not a header
"""


def test_the_signature_of_a_commit_is_its_header() -> None:
    parts = signed.commit(COMMIT)
    assert parts.content == (
        b"tree aa\nparent bb\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\nencoding x\n\nsubject\n\n"
        b"gpgsig not a header\n"
    )
    assert parts.signature == "-----BEGIN SSH SIGNATURE-----\nabc\n \n-----END SSH SIGNATURE-----\n"
    assert (parts.ssh, parts.pgp) == (True, False)
    assert signed.commit(parts.content) == (parts.content, "")


def test_the_signature_of_a_tag_is_its_end() -> None:
    raw = b"object aa\n\nmessage\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    parts = signed.tag(raw)
    assert parts.content == b"object aa\n\nmessage\n"
    assert (parts.ssh, parts.pgp) == (False, True)
    assert signed.tag(parts.content) == (parts.content, "")


def test_openpgp_signatures_are_judged_by_gnupg(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)

    def gpg(*arguments: str, data: bytes = b"") -> bytes:
        command = [
            need("gpg"),
            "--batch",
            "--quiet",
            f"--homedir={home}",
            "--pinentry-mode=loopback",
            "--passphrase=",
            *arguments,
        ]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    try:
        for name in ("mine", "other"):
            gpg("--quick-generate-key", f"{name} <{name}@example.com>", "ed25519", "sign", "never")
        mine, other = gpg("--armor", "--export", "mine"), gpg("--armor", "--export", "other")
        signature = gpg("--armor", "--detach-sign", "--local-user", "mine", data=MESSAGE).decode()
        fingerprint = gpg("--with-colons", "--list-keys", "mine").decode().split("fpr:::::::::")[1].split(":")[0]
    finally:
        subprocess.run(["gpgconf", f"--homedir={home}", "--kill", "all"], check=False)
    private = [tmp_path / str(number) for number in range(3)]
    for directory in private:
        directory.mkdir(mode=0o700)
    assert openpgp.verify(MESSAGE, signature, [other, mine], private[0]) == fingerprint[-16:]
    with pytest.raises(SignatureError, match="by none of the trusted keys"):
        openpgp.verify(MESSAGE, signature, [other], private[1])
    with pytest.raises(SignatureError, match="is not of this content"):
        openpgp.verify(MESSAGE + b"x", signature, [mine], private[2])
