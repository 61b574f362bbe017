"""The body that Slack defined and Discord and Rocket.Chat understand. Pure."""

from typing import Any

from notification_controller.message import label
from weir.api.event import Event


def attachment(event: Event, *, channel: str, username: str, colours: tuple[str, str], fallback: str) -> dict[str, Any]:
    """One attachment with the message, and a field per metadata entry. `colours` are for good and bad news."""
    good, bad = colours
    return {
        "channel": channel,
        "username": username,
        "icon_url": "",
        "icon_emoji": "",
        "attachments": [
            {
                "fallback": fallback,
                "color": bad if event.severity == "error" else good,
                "author_name": label(event),
                "text": event.message,
                "mrkdwn_in": ["text"],
                "fields": [
                    {"title": key, "value": value, "short": False} for key, value in sorted(event.metadata.items())
                ],
            }
        ],
    }
