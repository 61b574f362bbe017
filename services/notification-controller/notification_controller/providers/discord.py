"""`discord`: Discord takes Slack's body at `<webhook>/slack`. Pure."""

from notification_controller.attachment import attachment
from notification_controller.message import JSON, Config, Message, url
from notification_controller.wire import encode
from weir.api.event import Event


def render(event: Event, config: Config) -> Message:
    """POST one attachment; channel and fallback are not Discord's."""
    body = attachment(
        event,
        channel="",
        username=config.username or event.reporting_controller,
        colours=("good", "danger"),
        fallback="",
    )
    return Message(url=_slack_address(config), body=encode(body), headers=JSON)


def _slack_address(config: Config) -> str:
    parsed = url(config)
    if config.address.endswith("/slack"):
        return config.address
    return parsed._replace(path=f"{parsed.path.rstrip('/')}/slack").geturl()
