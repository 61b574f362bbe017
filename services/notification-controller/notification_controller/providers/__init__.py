"""Providers: each is one pure function from event and configuration to what is sent. This is the table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from notification_controller.errors import NotSupported
from notification_controller.message import Config, Message, Publish
from notification_controller.providers import (
    alertmanager,
    discord,
    generic,
    googlechat,
    grafana,
    msteams,
    nats,
    rocket,
    slack,
)
from weir.api.event import Event

Render = Callable[[Event, Config], Message | Publish]

RENDERERS: Mapping[str, Render] = MappingProxyType(
    {
        "alertmanager": alertmanager.render,
        "discord": discord.render,
        "generic": generic.render,
        "generic-hmac": generic.render_signed,
        "googlechat": googlechat.render,
        "grafana": grafana.render,
        "msteams": msteams.render,
        "nats": nats.render,
        "rocket": rocket.render,
        "slack": slack.render,
    }
)


def render(event: Event, config: Config) -> Message | Publish:
    """What the Provider sends for the event.

    Raises `NotSupported` for a valid type that is not built yet, `Unusable` when the configuration does not do.
    """
    renderer = RENDERERS.get(config.type)
    if renderer is None:
        raise NotSupported(f"Provider {config.name}: type {config.type} is not supported yet")
    return renderer(event, config)
