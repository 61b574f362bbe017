"""A webhook call as it came in, and the signature that most senders put on one. Pure."""

import hashlib
import hmac
from collections.abc import Mapping

from notification_controller.errors import Unverified
from weir.api.base import Struct

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


class Call(Struct):
    """Headers by lower-case name (the first of each), and the body byte for byte."""

    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """The header, empty when it is missing."""
        return self.headers.get(name, "")


def check_signature(signature: str, body: bytes, token: bytes) -> None:
    """Raise `Unverified` unless the signature is `<sha1|sha256|sha512>=<hex HMAC of the body>`."""
    if not token:
        raise Unverified("the token is empty: nothing can be verified with it")
    algorithm, separator, digest = signature.partition("=")
    if not separator or algorithm not in _ALGORITHMS:
        raise Unverified("no signature of the form sha256=<hex>, sha1=<hex> or sha512=<hex>")
    try:
        claimed = bytes.fromhex(digest)
    except ValueError:
        raise Unverified("the signature is not hexadecimal") from None
    if not hmac.compare_digest(claimed, hmac.new(token, body, _ALGORITHMS[algorithm]).digest()):
        raise Unverified("the signature does not match the body")
