"""SSH signatures as git makes them. Pure.

Formats: OpenSSH's PROTOCOL.sshsig (armor, blob, what is signed) and PROTOCOL.u2f (security keys); RFC 4253 and 5656.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

BEGIN = "-----BEGIN SSH SIGNATURE-----"
_ARMOR = re.compile(rf"{BEGIN}\r?\n([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----")
_MAGIC = b"SSHSIG"
_NAMESPACE = b"git"
_KEY = re.compile(r"(?:^|\s)((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+)\s+([A-Za-z0-9+/=]+)")
_SECURITY_KEY = b"sk-ssh-ed25519@openssh.com"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA = {b"rsa-sha2-256": hashes.SHA256(), b"rsa-sha2-512": hashes.SHA512()}
_CURVES = {"secp256r1": hashes.SHA256(), "secp384r1": hashes.SHA384(), "secp521r1": hashes.SHA512()}
_TOUCHED = 0x01


class SignatureError(Exception):
    """The signature is malformed, by nobody we trust, or not of this text."""


class _Parts(NamedTuple):
    key: bytes
    hash: bytes
    format: bytes
    signature: bytes


def keys(text: str) -> list[bytes]:
    """The public keys in an authorized_keys text; blank lines and comments hold none. Raises `SignatureError`."""
    found = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _KEY.search(line)
        if match is None:
            raise SignatureError("a line holds no SSH public key")
        try:
            found.append(base64.b64decode(match[2], validate=True))
        except binascii.Error as error:
            raise SignatureError("a line holds a broken SSH public key") from error
    return found


def verify(message: bytes, armored: str, trusted: Iterable[bytes]) -> str:
    """The fingerprint (`SHA256:...`) of the trusted key that signed the message. Raises `SignatureError`."""
    parts = _parts(armored)
    if parts.key not in set(trusted):
        raise SignatureError(f"signed with {fingerprint(parts.key)}, which is not among the trusted keys")
    digest = _HASHES[parts.hash](message).digest()
    signed = _MAGIC + b"".join(_string(part) for part in (_NAMESPACE, b"", parts.hash, digest))
    try:
        _check(parts, signed)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError) as error:
        raise SignatureError(f"the signature by {fingerprint(parts.key)} is not of this content") from error
    return fingerprint(parts.key)


def fingerprint(key: bytes) -> str:
    """What a key is called."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _parts(armored: str) -> _Parts:
    match = _ARMOR.search(armored)
    try:
        data = base64.b64decode("".join(match[1].split()), validate=True) if match else b""
    except binascii.Error:
        data = b""
    if not data.startswith(_MAGIC + (1).to_bytes(4, "big")):
        raise SignatureError("the SSH signature is malformed")
    key, namespace, _, algorithm, signature = _strings(data[10:], 5)
    if namespace != _NAMESPACE:
        raise SignatureError("the SSH signature was not made for git")
    if algorithm not in _HASHES:
        raise SignatureError("the SSH signature uses a hash that is not supported")
    kind, *_ = _strings(signature, 1)
    return _Parts(key, algorithm, kind, signature[4 + len(kind) :])


def _check(parts: _Parts, signed: bytes) -> None:
    (signature,) = _strings(parts.signature, 1)
    if parts.format == _SECURITY_KEY:
        _check_security_key(parts, signature, signed)
        return
    key_type = _strings(parts.key, 1)[0]
    public = load_ssh_public_key(key_type + b" " + base64.b64encode(parts.key))
    match public:
        case ed25519.Ed25519PublicKey():
            public.verify(signature, signed)
        case rsa.RSAPublicKey() if parts.format in _RSA:
            public.verify(signature, signed, padding.PKCS1v15(), _RSA[parts.format])
        case ec.EllipticCurvePublicKey() if public.curve.name in _CURVES:
            first, second = (int.from_bytes(part, "big", signed=True) for part in _strings(signature, 2))
            public.verify(encode_dss_signature(first, second), signed, ec.ECDSA(_CURVES[public.curve.name]))
        case _:
            raise UnsupportedAlgorithm(parts.format.decode("ascii", "replace"))


def _check_security_key(parts: _Parts, signature: bytes, signed: bytes) -> None:
    kind, point, application = _strings(parts.key, 3)
    extra = parts.signature[4 + len(signature) :]
    if kind != _SECURITY_KEY or len(extra) != 5 or not extra[0] & _TOUCHED:
        raise InvalidSignature
    wrapped = hashlib.sha256(application).digest() + extra + hashlib.sha256(signed).digest()
    ed25519.Ed25519PublicKey.from_public_bytes(point).verify(signature, wrapped)


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _strings(data: bytes, count: int) -> list[bytes]:
    found = []
    for _ in range(count):
        size = int.from_bytes(data[:4], "big")
        if len(data) < 4 + size:
            raise SignatureError("the SSH signature is malformed")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found
