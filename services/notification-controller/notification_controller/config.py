"""A Provider and its Secrets to a configuration. Pure.

Values of a Secret are bytes; whitespace around addresses and credentials is cut, except around a key that signs.
"""

from collections.abc import Mapping
from urllib.parse import SplitResult, quote, urlsplit

from notification_controller.errors import Unusable
from notification_controller.message import Config, Tls
from weir.api.duration import seconds
from weir.api.notification import Provider, ProviderSpec
from weir.yaml import YamlError, load

TIMEOUT = 15.0
"""Seconds of one delivery when `spec.timeout` is not set."""

MAX_ADDRESS = 2048
_PROXY_SCHEMES = ("http", "https", "socks5")
_LEGACY = {"ca.crt": "caFile", "tls.crt": "certFile", "tls.key": "keyFile"}

SecretData = Mapping[str, bytes]


def resolve(
    provider: Provider,
    secret: SecretData | None = None,
    cert: SecretData | None = None,
    proxy: SecretData | None = None,
) -> Config:
    """The configuration, given the data of `secretRef`, `certSecretRef` and `proxySecretRef`.

    Raises `Unusable` naming Secret key and Provider, never a value.
    """
    spec = provider.spec
    name = f"{provider.metadata.namespace}/{provider.metadata.name}"
    if spec is None:
        raise Unusable(f"Provider {name} has no spec")
    data = secret or {}
    return Config(
        type=spec.type,
        name=name,
        address=_address(data, spec.address, f"Provider {name}"),
        channel=spec.channel,
        username=_text(data, "username", f"Provider {name}") or spec.username,
        password=_text(data, "password", f"Provider {name}"),
        token=data.get("token", b""),
        headers=_headers(data, name),
        proxy=_proxy(spec, data, proxy, name),
        tls=_tls(cert, name),
        timeout=_timeout(spec, name),
        creds=_text(data, "creds", f"Provider {name}"),
        nkey=_text(data, "nkey", f"Provider {name}"),
    )


def _text(data: SecretData, key: str, owner: str) -> str:
    try:
        return data.get(key, b"").decode().strip()
    except UnicodeDecodeError:
        raise Unusable(f"{owner}: Secret key {key} is not UTF-8 text") from None


def _address(data: SecretData, default: str, owner: str) -> str:
    address = _text(data, "address", owner) if "address" in data else default.strip()
    if len(address.encode()) > MAX_ADDRESS:
        raise Unusable(f"{owner}: the address in the Secret is longer than {MAX_ADDRESS} bytes")
    return address


def _headers(data: SecretData, name: str) -> dict[str, str]:
    if "headers" not in data:
        return {}
    try:
        headers = load(_text(data, "headers", f"Provider {name}"))
    except YamlError:
        raise Unusable(f"Provider {name}: Secret key headers is not YAML") from None
    if headers is None:
        return {}
    if not isinstance(headers, dict) or not all(isinstance(part, str) for pair in headers.items() for part in pair):
        raise Unusable(f"Provider {name}: Secret key headers must map strings to strings")
    if any(ord(character) < ord(" ") for pair in headers.items() for part in pair for character in part):
        raise Unusable(f"Provider {name}: Secret key headers holds a control character")
    return headers


def _proxy(spec: ProviderSpec, data: SecretData, proxy: SecretData | None, name: str) -> str:
    """The last one set wins: `spec.proxy`, Secret key `proxy`, `proxySecretRef`."""
    if proxy is not None:
        return _proxy_secret(proxy, f"Provider {name}: proxySecretRef")
    return (_text(data, "proxy", f"Provider {name}") if "proxy" in data else "") or spec.proxy or ""


def _proxy_secret(proxy: SecretData, owner: str) -> str:
    address = _address(proxy, "", owner)
    try:
        parsed = urlsplit(address)
        host = parsed.hostname
        _ = parsed.port
    except ValueError:
        host = None
    if not host or parsed.scheme not in _PROXY_SCHEMES:
        raise Unusable(f"{owner}: key address must be a URL with scheme {', '.join(_PROXY_SCHEMES)} and a host")
    username, password = _text(proxy, "username", owner), _text(proxy, "password", owner)
    return _with_user(parsed, username, password).geturl() if username else address


def _with_user(parsed: SplitResult, username: str, password: str) -> SplitResult:
    host = parsed.netloc.rpartition("@")[2]
    user = quote(username, safe="") + (f":{quote(password, safe='')}" if password else "")
    return parsed._replace(netloc=f"{user}@{host}")


def _tls(cert: SecretData | None, name: str) -> Tls | None:
    if cert is None:
        return None
    ca, certificate, key = (cert.get(key) or cert.get(old) or b"" for key, old in _LEGACY.items())
    if bool(certificate) != bool(key):
        raise Unusable(f"Provider {name}: certSecretRef needs tls.crt and tls.key together")
    if not ca and not certificate:
        raise Unusable(f"Provider {name}: certSecretRef holds neither ca.crt nor tls.crt and tls.key")
    return Tls(ca, certificate, key)


def _timeout(spec: ProviderSpec, name: str) -> float:
    if not spec.timeout:
        return TIMEOUT
    try:
        return seconds(spec.timeout) or TIMEOUT
    except ValueError:
        raise Unusable(f"Provider {name}: spec.timeout is not a duration") from None
