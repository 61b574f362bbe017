"""`generic` and `generic-hmac`: the whole event as JSON, the second one signed. Pure."""

import hashlib
import hmac

from notification_controller.errors import Unusable
from notification_controller.message import JSON, Config, Message, url, with_headers
from notification_controller.wire import encode
from weir.api.event import Event


def render(event: Event, config: Config) -> Message:
    """POST the event. Headers of the Secret come last and may replace any other."""
    url(config)
    headers = JSON | {"Gotk-Component": event.reporting_controller}
    return Message(url=config.address, body=encode(event), headers=with_headers(headers, config.headers))


def render_signed(event: Event, config: Config) -> Message:
    """As `render`, with `X-Signature: sha256=<hex>`: HMAC-SHA256 over exactly the body, keyed by the raw token."""
    if not config.token:
        raise Unusable(f"Provider {config.name} of type {config.type} needs a Secret with a token to sign with")
    plain = render(event, config)
    signature = f"sha256={hmac.new(config.token, plain.body, hashlib.sha256).hexdigest()}"
    headers = with_headers(plain.headers, {"X-Signature": signature})
    return Message(url=plain.url, body=plain.body, headers=headers)
