"""Tokens: the administrator's, and the signed ones of service accounts (JWT, ES256)."""

import base64
import hmac
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

ISSUER = "https://kubernetes.default.svc.cluster.local"
AUDIENCE = ISSUER
_SIZE = 32
_REMEMBERED = 1024
"""Tokens whose signature was checked: a client sends the same one with every request."""


class BadToken(Exception):
    """The token is not ours, not intact, or not valid now."""


class Tokens:
    """Signs and reads tokens; `admin` is the static one."""

    def __init__(self, key: Path, admin: str) -> None:
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key}: not an elliptic curve key")
        self._key = loaded
        self._admin = admin
        self._intact = lru_cache(_REMEMBERED)(self._verify)

    def is_admin(self, token: str) -> bool:
        """Whether this is the administrator's token."""
        return hmac.compare_digest(token.encode(), self._admin.encode())

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        head = _encode(msgspec.json.encode({"alg": "ES256", "typ": "JWT", "kid": "local"}))
        signed = f"{head}.{_encode(msgspec.json.encode(claims))}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_encode(r.to_bytes(_SIZE, 'big') + s.to_bytes(_SIZE, 'big'))}"

    def read(self, token: str) -> dict[str, Any]:
        """The claims of an intact token that is valid now. Raises `BadToken`."""
        claims: dict[str, Any] = msgspec.json.decode(self._intact(token))
        if not claims.get("nbf", 0) - 1 <= time.time() < claims.get("exp", 0):
            raise BadToken("the token has expired")
        return claims

    def _verify(self, token: str) -> bytes:
        """The claims of an intact token, as they were signed. Raises `BadToken`."""
        signed, _, signature = token.rpartition(".")
        try:
            raw = _decode(signature)
            whole = encode_dss_signature(int.from_bytes(raw[:_SIZE], "big"), int.from_bytes(raw[_SIZE:], "big"))
            self._key.public_key().verify(whole, signed.encode(), ec.ECDSA(hashes.SHA256()))
            payload = _decode(signed.partition(".")[2])
            msgspec.json.decode(payload, type=dict[str, Any])
        except (ValueError, InvalidSignature, msgspec.MsgspecError):
            raise BadToken("the token is not signed by this cluster") from None
        return payload


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
