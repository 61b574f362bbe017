"""Which proxy leads to an address: the one that is given, else the environment's."""

from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from weir.http.errors import HttpError, host_of


def proxy_for(url: str, given: str) -> str:
    """The proxy's address, or the empty string. Raises `HttpError` when its protocol is not spoken here."""
    proxy = given or _from_environment(url)
    if not proxy:
        return ""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    scheme = urlsplit(proxy).scheme
    if scheme not in {"http", "https"}:
        raise HttpError(f"{host_of(url)}: the proxy's scheme {scheme!r} is not supported", final=True)
    return proxy


def _from_environment(url: str) -> str:
    """By HTTP_PROXY, HTTPS_PROXY and NO_PROXY; never to the loopback, as Go's net/http."""
    parts = urlsplit(url)
    if _is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    return getproxies().get(parts.scheme, "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
