"""`googlechat`: a card in the first version of the format. Pure."""

from typing import Any

from notification_controller.message import JSON, Config, Message, label, url
from notification_controller.wire import encode
from weir.api.event import Event


def render(event: Event, config: Config) -> Message:
    """POST one card: the message, and a second section with the metadata if there is any."""
    url(config)
    text = f'<font color="#ff0000">{event.message}</font>' if event.severity == "error" else event.message
    sections = [_section([{"textParagraph": {"text": text}, "keyValue": None}])]
    if event.metadata:
        sections.append(_section([_pair(key, value) for key, value in sorted(event.metadata.items())]))
    header = {
        "title": label(event),
        "subtitle": event.reporting_controller,
        "imageUrl": None,
        "imageStyle": None,
    }
    body = {"cards": [{"header": header, "sections": sections}]}
    return Message(url=config.address, body=encode(body), headers=JSON)


def _section(widgets: list[dict[str, Any]]) -> dict[str, Any]:
    return {"header": "", "widgets": widgets}


def _pair(key: str, value: str) -> dict[str, Any]:
    pair = {"topLabel": key, "content": value, "contentMultiline": False, "bottomLabel": None, "icon": None}
    return {"textParagraph": None, "keyValue": pair}
