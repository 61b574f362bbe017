"""The two ways of `Authorization` that monitoring providers take. Pure."""

import base64

from notification_controller.message import Config


def basic(config: Config) -> dict[str, str]:
    """Basic authentication, when both user name and password are set (RFC 7617)."""
    if not (config.username and config.password):
        return {}
    pair = f"{config.username}:{config.password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def bearer(config: Config) -> dict[str, str]:
    """A bearer token, when there is one (RFC 6750)."""
    return {"Authorization": f"Bearer {config.token_text}"} if config.token_text else {}
