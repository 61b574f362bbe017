"""`alertmanager`: one firing alert (https://prometheus.io/docs/alerting/latest/alerts_api). Pure."""

from notification_controller.authorization import basic, bearer
from notification_controller.message import JSON, Config, Message, url
from notification_controller.wire import encode
from weir.api.event import Event

_UNSET = "0001-01-01T00:00:00Z"
"""An end that is not set: the server's resolve_timeout decides."""


def render(event: Event, config: Config) -> Message:
    """POST a list with one alert. Basic authentication beats a token."""
    url(config)
    annotations = {"message": event.message}
    if "summary" in event.metadata:
        annotations["summary"] = event.metadata["summary"]
    alert = {
        "status": "firing",
        "labels": _labels(event),
        "annotations": annotations,
        "startsAt": event.timestamp or _UNSET,
        "endsAt": _UNSET,
    }
    headers = JSON | (basic(config) or bearer(config))
    return Message(url=config.address, body=encode([alert]), headers=headers)


def _labels(event: Event) -> dict[str, str]:
    about = event.involved_object
    return {key: value for key, value in event.metadata.items() if key != "summary"} | {
        "alertname": f"Flux{about.kind}{event.reason.capitalize()}",
        "severity": event.severity,
        "reason": event.reason,
        "kind": about.kind,
        "name": about.name,
        "namespace": about.namespace,
        "reportingcontroller": event.reporting_controller,
    }
