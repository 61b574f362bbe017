"""The values that providers are made of: how one is configured, and what it wants sent. Pure."""

from typing import Literal
from urllib.parse import SplitResult, urlsplit

from notification_controller.errors import Unusable
from weir.api.base import Struct
from weir.api.event import Event


class Tls(Struct):
    """PEM texts. A CA replaces the system's; certificate and key come together or not at all."""

    ca: bytes = b""
    certificate: bytes = b""
    key: bytes = b""


class Config(Struct, kw_only=True):
    """A Provider with its Secrets read. Never encoded, never logged."""

    type: str
    name: str
    """`namespace/name` of the Provider."""
    address: str = ""
    channel: str = ""
    username: str = ""
    password: str = ""
    token: bytes = b""
    headers: dict[str, str] = {}
    proxy: str = ""
    tls: Tls | None = None
    timeout: float = 15.0
    """Seconds for the whole delivery, retries included."""
    creds: str = ""
    nkey: str = ""

    def __repr__(self) -> str:
        return f"Config(type={self.type!r}, name={self.name!r})"

    @property
    def token_text(self) -> str:
        """The token for a header: surrounding whitespace would break it."""
        return self.token.decode(errors="replace").strip()


class Message(Struct, kw_only=True):
    """One HTTP request."""

    url: str
    body: bytes
    headers: dict[str, str] = {}
    method: str = "POST"
    answer: Literal["status", "slack"] = "status"
    """Who says whether it worked: the status code, or the `ok` member of Slack's JSON."""


class Publish(Struct, kw_only=True):
    """One message to a NATS server that is not ours."""

    server: str
    subject: str
    body: bytes


def label(event: Event) -> str:
    """`kustomization/webapp.apps`: how chats name the object."""
    about = event.involved_object
    return f"{about.kind.lower()}/{about.name}.{about.namespace}"


def url(config: Config) -> SplitResult:
    """The parsed address. Raises `Unusable` when it is no absolute URL; it may be a secret and is not named."""
    try:
        parsed = urlsplit(config.address)
        _ = parsed.port
    except ValueError:
        raise Unusable(f"the address of Provider {config.name} is not a URL") from None
    if not parsed.scheme or not parsed.netloc:
        raise Unusable(f"the address of Provider {config.name} is not an absolute URL (scheme://host/path)")
    return parsed


def with_headers(headers: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """Headers with others laid over them; names are compared without case."""
    names = {name.lower() for name in more}
    return {name: value for name, value in headers.items() if name.lower() not in names} | more


JSON = {"Content-Type": "application/json"}
