"""`slack`: a webhook, or the chat.postMessage method with a bot token. Pure."""

from notification_controller.attachment import attachment
from notification_controller.authorization import bearer
from notification_controller.message import JSON, Config, Message, label, url
from notification_controller.wire import encode
from weir.api.event import Event

POST_MESSAGE = "https://slack.com/api/chat.postMessage"
"""Answers 200 whatever happens: only the `ok` member tells (https://api.slack.com/methods/chat.postMessage)."""


def render(event: Event, config: Config) -> Message:
    """POST one attachment."""
    url(config)
    body = attachment(
        event,
        channel=config.channel,
        username=config.username or event.reporting_controller,
        colours=("good", "danger"),
        fallback=f"{label(event)}: {event.message.partition(chr(10))[0]}",
    )
    return Message(
        url=config.address,
        body=encode(body),
        headers=JSON | bearer(config),
        answer="slack" if config.address == POST_MESSAGE else "status",
    )
