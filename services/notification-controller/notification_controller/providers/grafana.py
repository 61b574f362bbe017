"""`grafana`: an annotation (https://grafana.com/docs/grafana/latest/developers/http_api/annotations). Pure."""

from datetime import UTC, datetime

from notification_controller.authorization import basic, bearer
from notification_controller.message import JSON, Config, Message, label, url
from notification_controller.wire import encode
from weir.api.event import Event

_ZERO = -62135596800
"""Unix seconds of the year 1: what a missing time becomes on the wire."""


def render(event: Event, config: Config) -> Message:
    """POST one annotation. A token beats basic authentication."""
    url(config)
    body = {"when": _seconds(event.timestamp), "text": label(event), "tags": _tags(event)}
    return Message(url=config.address, body=encode(body), headers=JSON | (bearer(config) or basic(config)))


def _tags(event: Event) -> list[str]:
    about = event.involved_object
    return [
        "flux",
        event.reporting_controller,
        *(f"{_plain(key)}: {_plain(value)}" for key, value in sorted(event.metadata.items())),
        f"kind: {about.kind}",
        f"name: {about.name}",
        f"namespace: {about.namespace}",
    ]


def _plain(text: str) -> str:
    """Colons part a tag's key from its value."""
    return text.replace(":", "|")


def _seconds(timestamp: str | None) -> int:
    if not timestamp:
        return _ZERO
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return _ZERO
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
