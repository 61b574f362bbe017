"""`nats`: the event on a subject of somebody's NATS server; no JetStream, no headers. Pure."""

from notification_controller.errors import Unusable
from notification_controller.message import Config, Publish
from notification_controller.wire import encode
from weir.api.event import Event


def render(event: Event, config: Config) -> Publish:
    """Publish the whole event as JSON to the channel."""
    if not config.address:
        raise Unusable(f"Provider {config.name} of type nats needs an address: the URL of the server")
    if not config.channel:
        raise Unusable(f"Provider {config.name} of type nats needs a channel: the subject to publish to")
    if any(character.isspace() or character in "*>" for character in config.channel):
        raise Unusable(f"the channel of Provider {config.name} is no subject to publish to: it has a blank or wildcard")
    return Publish(server=config.address, subject=config.channel, body=encode(event))
