"""What of a commit or tag object was signed, and by which kind of signature. Pure.

Format: gitformat-signature(5).
"""

import re
from typing import NamedTuple

from source_controller.git import sshsig

PGP = "-----BEGIN PGP SIGNATURE-----"
_BEGINS = re.compile(rb"^-----BEGIN (?:PGP|SSH) SIGNATURE-----", re.MULTILINE)
_HEADER = re.compile(rb"^gpgsig ((?:.*\n)(?: .*\n)*)", re.MULTILINE)


class Signed(NamedTuple):
    """An object without its signature, and that; empty when it has none."""

    content: bytes
    signature: str

    @property
    def pgp(self) -> bool:
        """Whether OpenPGP made it."""
        return PGP in self.signature

    @property
    def ssh(self) -> bool:
        """Whether SSH made it."""
        return sshsig.BEGIN in self.signature


def commit(raw: bytes) -> Signed:
    """The parts of a commit object: the signature is a header."""
    head, gap, message = raw.partition(b"\n\n")
    head += b"\n"
    match = _HEADER.search(head)
    if match is None:
        return Signed(raw, "")
    signature = b"\n".join(line.removeprefix(b" ") for line in match[1].split(b"\n"))
    rest = head[: match.start()] + head[match.end() :]
    return Signed(rest + gap[1:] + message, signature.decode("utf-8", "replace"))


def tag(raw: bytes) -> Signed:
    """The parts of a tag object: the signature is the end of its message."""
    begins = [match.start() for match in _BEGINS.finditer(raw)]
    if not begins:
        return Signed(raw, "")
    return Signed(raw[: begins[-1]], raw[begins[-1] :].decode("utf-8", "replace"))
