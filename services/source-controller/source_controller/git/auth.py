"""Credentials of a repository: from its URL and its Secret to what the transport needs."""

import base64
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key
from cryptography.x509 import load_pem_x509_certificates

from weir.api.base import Struct

SCHEMES = ("https", "http", "ssh")
SSH_USER = "git"
PROXIES = ("http", "https", "socks5")
_LONGEST_PROXY = 2048

_NOT_IN_URLS = frozenset(map(chr, range(0x21))) | {"\\", "\x7f"}


class AddressError(ValueError):
    """The URL is none that we can fetch from."""


class CredentialsError(ValueError):
    """The Secret does not hold what the URL needs; the message names Secret and key, never a value."""


class Address(Struct):
    """Where a repository is. `url` carries no password, and a user only for SSH."""

    scheme: str
    host: str
    url: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Address({self.url!r})"


class Credentials(Struct):
    """What opens a repository; empty members are not used."""

    authorization: str = ""
    """The value of the HTTP header."""
    ca: bytes = b""
    certificate: bytes = b""
    key: bytes = b""
    identity: bytes = b""
    known_hosts: bytes = b""
    passphrase: bytes = b""

    def __repr__(self) -> str:
        return "Credentials(...)"


class Secret(Struct):
    """A Secret as read: `namespace/name` for messages, and its decoded data."""

    name: str
    data: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def text(self, key: str) -> str:
        """The value as text; empty when absent."""
        try:
            return self.data.get(key, b"").decode()
        except UnicodeDecodeError as error:
            raise CredentialsError(f"Secret {self.name}: key {key!r} is not UTF-8 text") from error


def address(url: str) -> Address:
    """The parts of `spec.url`. Raises `AddressError`."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressError(f"URL is malformed: {error}") from error
    if parts.scheme not in SCHEMES:
        raise AddressError(f"URL scheme {parts.scheme!r} is not supported: use {', '.join(SCHEMES)}")
    if not host or _NOT_IN_URLS & set(url):
        raise AddressError("URL needs a host and may hold no blanks, control characters or backslashes")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if unquote(host).startswith("-") or user.startswith("-") or _NOT_IN_URLS & set(user):
        raise AddressError("neither host nor user of a URL may begin with a dash or hold blanks")
    if parts.scheme == "ssh":
        user = user or SSH_USER
    place = parts.netloc.rpartition("@")[2]
    prefix = f"{parts.username or SSH_USER}@" if parts.scheme == "ssh" else ""
    return Address(parts.scheme, host, parts._replace(netloc=prefix + place, fragment="").geturl(), user, password)


def credentials(where: Address, secret: Secret | None) -> Credentials:
    """What opens the repository. Raises `CredentialsError`."""
    if where.scheme == "ssh":
        return _ssh(secret)
    return _http(where, secret or Secret("", {}))


def proxy(secret: Secret) -> str:
    """The URL of the proxy that a Secret names, its credentials in it. Raises `CredentialsError`."""
    text = secret.text("address").strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in PROXIES or len(text) > _LONGEST_PROXY or _NOT_IN_URLS & set(text):
        raise CredentialsError(f"Secret {secret.name}: key 'address' is no URL with one of {', '.join(PROXIES)}")
    username, password = secret.text("username"), secret.text("password")
    if password and not username:
        raise CredentialsError(f"Secret {secret.name}: key 'password' needs key 'username' beside it")
    if username:
        place = parts.netloc.rpartition("@")[2]
        parts = parts._replace(netloc=f"{quote(username, safe='')}:{quote(password, safe='')}@{place}")
    return parts.geturl()


def header_safe(value: str) -> bool:
    """Whether the value may stand in an HTTP header."""
    return value.isascii() and value.isprintable()


def _ssh(secret: Secret | None) -> Credentials:
    if secret is None:
        raise CredentialsError("spec.secretRef is needed for ssh: a Secret with the keys 'identity' and 'known_hosts'")
    for key in ("identity", "known_hosts"):
        if not secret.data.get(key, b"").strip():
            raise CredentialsError(f"Secret {secret.name}: key {key!r} is required for ssh and is missing or empty")
    identity, passphrase = secret.data["identity"], secret.data.get("password", b"")
    encrypted = _check_identity(secret.name, identity, passphrase)
    return Credentials(
        identity=identity.rstrip() + b"\n",
        known_hosts=secret.data["known_hosts"].rstrip() + b"\n",
        passphrase=passphrase if encrypted else b"",
    )


def _check_identity(name: str, identity: bytes, passphrase: bytes) -> bool:
    """Whether the key is encrypted; raises when it is none, or cannot be opened."""
    loader = load_ssh_private_key if b"BEGIN OPENSSH" in identity else load_pem_private_key
    try:
        loader(identity, None, unsafe_skip_rsa_key_validation=True)
        return False
    except TypeError:  # it is encrypted
        if not passphrase:
            message = f"Secret {name}: key 'identity' is encrypted and needs its passphrase in key 'password'"
            raise CredentialsError(message) from None
    except UnsupportedAlgorithm:  # hardware keys and the like: ssh will tell
        return False
    except ValueError:
        raise CredentialsError(f"Secret {name}: key 'identity' is not a private key") from None
    try:
        loader(identity, passphrase, unsafe_skip_rsa_key_validation=True)
    except UnsupportedAlgorithm:  # bcrypt is not at hand: ssh will tell
        pass
    except ValueError:
        raise CredentialsError(f"Secret {name}: key 'password' does not open key 'identity'") from None
    return True


def _http(where: Address, secret: Secret) -> Credentials:
    if "githubAppID" in secret.data:
        raise CredentialsError(f"Secret {secret.name} holds a GitHub App; set spec.provider to github")
    certificate, key = secret.data.get("tls.crt", b""), secret.data.get("tls.key", b"")
    if bool(certificate) != bool(key):
        raise CredentialsError(f"Secret {secret.name}: keys 'tls.crt' and 'tls.key' only work together")
    authority = "ca.crt" if secret.data.get("ca.crt") else "caFile"
    _check_certificates(secret, authority)
    _check_certificates(secret, "tls.crt")
    return Credentials(
        authorization=_authorization(where, secret),
        ca=secret.data.get(authority, b""),
        certificate=certificate,
        key=key,
    )


def _check_certificates(secret: Secret, key: str) -> None:
    if not secret.data.get(key):
        return
    try:
        load_pem_x509_certificates(secret.data[key])
    except ValueError:
        raise CredentialsError(f"Secret {secret.name}: key {key!r} holds no PEM certificate") from None


def _authorization(where: Address, secret: Secret) -> str:
    if "bearerToken" in secret.data:
        token = secret.text("bearerToken").strip()
        if where.user or where.password:
            raise CredentialsError(f"Secret {secret.name}: key 'bearerToken' excludes a user in spec.url")
        if not token or not header_safe(token):
            raise CredentialsError(f"Secret {secret.name}: key 'bearerToken' is empty or no single line of text")
        return f"Bearer {token}"
    username, password = secret.text("username"), secret.text("password")
    if password and not username:
        raise CredentialsError(f"Secret {secret.name}: key 'password' needs key 'username' beside it")
    if not username:
        username, password = where.user, where.password
    if not username:
        return ""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
