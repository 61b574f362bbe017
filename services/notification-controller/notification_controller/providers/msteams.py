"""`msteams`: an adaptive card, or the older connector card where the address is a connector's. Pure."""

from typing import Any

from notification_controller.message import JSON, Config, Message, label, url
from notification_controller.wire import encode
from weir.api.event import Event

_CONNECTORS = ".webhook.office.com"


def render(event: Event, config: Config) -> Message:
    """POST one card."""
    host = url(config).hostname or ""
    card = _connector_card(event) if host.endswith(_CONNECTORS) else _adaptive_card(event)
    return Message(url=config.address, body=encode(card), headers=JSON)


def _connector_card(event: Event) -> dict[str, Any]:
    """https://learn.microsoft.com/outlook/actionable-messages/message-card-reference."""
    facts = [{"name": key, "value": value} for key, value in sorted(event.metadata.items())]
    return {
        "@type": "MessageCard",
        "@context": "http://schema.org/extensions",
        "themeColor": "FF0000" if event.severity == "error" else "0076D7",
        "summary": label(event),
        "sections": [{"activityTitle": event.message, "activitySubtitle": label(event), "facts": facts}],
    }


def _adaptive_card(event: Event) -> dict[str, Any]:
    """https://adaptivecards.io/explorer, version 1.4."""
    attention = {"color": "attention"} if event.severity == "error" else {}
    items: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": label(event), "size": "large", "weight": "bolder", "wrap": True},
        {"type": "TextBlock", "text": event.message, "wrap": True} | attention,
        {"type": "FactSet"} | _facts(event),
    ]
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [{"type": "Container", "items": items}],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}],
    }


def _facts(event: Event) -> dict[str, Any]:
    """The summary first, the rest by key; nothing at all when there is no metadata."""
    ordered = sorted(event.metadata.items(), key=lambda entry: (entry[0] != "summary", entry[0]))
    return {"facts": [{"title": key, "value": value} for key, value in ordered]} if ordered else {}
