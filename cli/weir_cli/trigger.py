"""`weir trigger receiver`: call a webhook from a pipeline, without any access to the cluster."""

import hashlib
import hmac
from typing import NamedTuple

import click

from weir.api import duration
from weir_cli import creating
from weir_cli.session import NAMESPACE
from weir_cli.terminal import Halt, action, success, waiting

_TYPES = ("generic", "generic-hmac")
_OIDC = ("oidc_provider", "oidc_token", "oidc_audience")
_AGAIN = (404, 408)
"""Answers after which it is tried again too: a receiver that was just made is not known at once."""


class Call(NamedTuple):
    """A call that a Receiver takes; path and signature are secrets."""

    url: str
    body: bytes
    headers: dict[str, str]


@click.group()
def trigger() -> None:
    """Call webhooks from a pipeline, without access to the cluster.

    \b
    Example:
      weir trigger receiver push --url https://hooks.example.com --type generic-hmac
    """


@trigger.command()
@click.argument("name")
@click.option("-n", "--namespace", default=NAMESPACE, show_default=True, help="Namespace of the Receiver.")
@click.option("--url", default="", help="Address that webhooks are reached at, without the path.")
@click.option("--type", "type_", default="generic", show_default=True, help="Type of the Receiver.")
@click.option("--token", default="", envvar="WEIR_TRIGGER_RECEIVER_TOKEN", show_envvar=True, help="Its token.")
@click.option("--payload", default="{}", show_default=True, help="What to send.")
@click.option("--retries", type=click.IntRange(min=0), default=10, show_default=True, help="How often to try again.")
@click.option("--retry-delay", default="10s", show_default=True, help="Pause before that.")
@click.option("--oidc-provider", default="", hidden=True)
@click.option("--oidc-token", default="", hidden=True)
@click.option("--oidc-audience", default="", hidden=True)
def receiver(name: str, *, retries: int, retry_delay: str, **given: str) -> None:
    """Have a Receiver ask for its reconciles. The path comes from token, name and namespace.

    \b
    Exit code 0: taken. No answer, a path that is not known yet, and failures of the server are tried again.
    Examples:
      weir trigger receiver push --url https://hooks.example.com -n team-a
      weir trigger receiver push --url https://hooks.example.com --type generic-hmac --retries 3
    """
    import asyncio  # noqa: PLC0415  costly; `weir --help` does not need it

    if any(given[flag] for flag in _OIDC) or given["type_"] == "generic-oidc":
        raise Halt("--type generic-oidc: no receiver verifies such tokens yet; use generic-hmac")
    creating.known("--type", given["type_"], _TYPES)
    if not given["url"].startswith(("http://", "https://")) or not given["token"]:
        raise Halt("--url (https://...) and --token, or WEIR_TRIGGER_RECEIVER_TOKEN, are needed")
    pause = duration.seconds(creating.interval("--retry-delay", retry_delay))
    call = signed(given["url"], given["token"].encode(), name, given["namespace"], given["payload"].encode())
    if given["type_"] == "generic":
        call.headers.pop("X-Signature")
    action(f"triggering receiver {name} in {given['namespace']} namespace")
    asyncio.run(_send(call, retries, pause))
    success("receiver triggered")


def signed(url: str, token: bytes, name: str, namespace: str, body: bytes) -> Call:
    """The call to that Receiver behind this address, its body signed."""
    from notification_controller import webhook  # noqa: PLC0415  only this command needs it

    signature = hmac.new(token, body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Signature": f"sha256={signature}"}
    return Call(url.rstrip("/") + webhook.path(token, name, namespace), body, headers)


async def _send(call: Call, retries: int, pause: float) -> None:
    """Send it until it is taken. Raises `Halt` with the last answer."""
    import asyncio  # noqa: PLC0415  same

    from weir.http import HttpError, Session  # noqa: PLC0415  same

    async with Session() as session:
        for left in reversed(range(retries + 1)):
            try:
                await session.request("POST", call.url, headers=call.headers, body=call.body)
                return
            except HttpError as error:
                if not left or not (error.passing or error.status in _AGAIN):
                    raise Halt(str(error)) from None
                waiting(f"{error}: again in {duration.text(pause)}, {left} tries are left")
            await asyncio.sleep(pause)
