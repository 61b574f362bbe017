"""One message to a NATS server that is not ours: what the provider `nats` sends with."""

from typing import Any

import nats.errors
from nats.aio.client import Client as Connection
from nats.aio.client import RawCredentials

from notification_controller.errors import Undelivered
from notification_controller.message import Config, Publish


async def publish(message: Publish, config: Config) -> None:
    """Connect, publish, flush, close; all within the Provider's timeout, which the caller keeps.

    Raises `Undelivered`. Credentials: a credentials file's content, else an NKey seed, else user name and password.
    """
    errors: list[Exception] = []

    async def remember(error: Exception) -> None:
        errors.append(error)

    connection = Connection()
    try:
        await connection.connect(
            servers=[message.server],
            name="NATS Provider Publisher",
            allow_reconnect=False,
            connect_timeout=max(1, int(config.timeout)),
            error_cb=remember,
            **_login(config),
        )
        await connection.publish(message.subject, message.body)
        await connection.flush(timeout=max(1, int(config.timeout)))
    except (nats.errors.Error, TimeoutError, OSError, ValueError) as error:
        raise Undelivered(f"NATS: {str(error) or type(error).__name__}") from error
    finally:
        if not connection.is_closed:
            await connection.close()
    if errors:
        raise Undelivered(f"NATS: {errors[0]}")


def _login(config: Config) -> dict[str, Any]:
    if config.creds:
        return {"user_credentials": RawCredentials(config.creds)}
    if config.nkey:
        return {"nkeys_seed_str": config.nkey}
    if config.username and config.password:
        return {"user": config.username, "password": config.password}
    return {}
