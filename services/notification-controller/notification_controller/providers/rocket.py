"""`rocket`: Rocket.Chat takes Slack's body, with colours of its own. Pure."""

from notification_controller.attachment import attachment
from notification_controller.message import JSON, Config, Message, url
from notification_controller.wire import encode
from weir.api.event import Event


def render(event: Event, config: Config) -> Message:
    """POST one attachment; the server knows the default user."""
    url(config)
    body = attachment(
        event,
        channel=config.channel,
        username=config.username,
        colours=("#0076D7", "#FF0000"),
        fallback="",
    )
    return Message(url=config.address, body=encode(body), headers=JSON)
