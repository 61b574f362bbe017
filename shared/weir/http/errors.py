"""What went wrong, without a word of the address beyond its host."""

from urllib.parse import urlsplit

import aiohttp


class HttpError(Exception):
    """The exchange failed. The text names the host and what happened, never a path, a query or a header."""

    def __init__(self, message: str, *, status: int = 0, retry_after: float | None = None, final: bool = False) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status; 0 when there was no answer."""
        self.retry_after = retry_after
        """Seconds that the server asked us to wait."""
        self.final = final
        """Whether another try would end the same: a bad address, an untrusted certificate, too many redirects."""

    @property
    def passing(self) -> bool:
        """Whether it may go well later: no answer, a 3xx that leads nowhere, 429, and 5xx other than 501."""
        if self.final or self.status == 501:
            return False
        return self.status < 400 or self.status == 429 or self.status >= 500


def failure(error: Exception, host: str, proxy: str) -> HttpError:
    """What an error of aiohttp means; its own text may quote the address."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        inner = error.certificate_error
        why = getattr(inner, "verify_message", "") or type(inner).__name__
        return HttpError(f"{host}: certificate not trusted: {why}", final=True)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return HttpError(f"{host}: the proxy {host_of(proxy)} answered {error.status}")
    if isinstance(error, aiohttp.ClientConnectorError):
        through = f" to the proxy {host_of(proxy)}" if isinstance(error, aiohttp.ClientProxyConnectionError) else ""
        return HttpError(f"{host}: cannot connect{through}: {error.os_error.strerror or 'unknown host'}")
    if isinstance(error, ValueError):
        return HttpError(f"{host}: the address or a header is malformed", final=True)
    return HttpError(f"{host}: the connection failed: {type(error).__name__}")


def host_of(url: str) -> str:
    """Host and port of an address, for texts. Raises `HttpError` when it is no absolute HTTP address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise HttpError("the address is no absolute http or https URL", final=True)
    return f"{host}:{port}" if port else host
