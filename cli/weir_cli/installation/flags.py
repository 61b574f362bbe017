"""The flags that say how Weir is installed: of `weir install` and of `weir bootstrap`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from weir_cli.installation.options import COMPONENTS, LOG_LEVELS, Options, listed
from weir_cli.terminal import Halt

F = TypeVar("F", bound=Callable[..., Any])

_LOCKED = {"auto": None, "true": True, "false": False}


def _switch(name: str, text: str) -> Callable[[F], F]:
    """An option that is on; `--name=false` takes it away."""
    return click.option(name, type=bool, is_flag=False, flag_value=True, default=True, show_default=True, help=text)


_FLAGS = (
    click.option(
        "--components", default=",".join(COMPONENTS), show_default=True, help="Controllers, with commas between."
    ),
    click.option("--registry", default="", help="Registry that goes before the name of every image."),
    click.option("--image-pull-secret", default="", help="Secret to pull images with."),
    click.option("--registry-creds", default="", help="user:password, to make that Secret; else it has to be there."),
    click.option("--log-level", type=click.Choice(LOG_LEVELS), default="info", show_default=True),
    click.option("--cluster-domain", default=Options.cluster_domain, show_default=True, help="Domain of Services."),
    _switch("--watch-all-namespaces", "Reconcile objects of all namespaces; else of the installation's own."),
    _switch("--network-policy", "Let in nothing but webhooks, readers of metrics, and what is in the namespace."),
    click.option("--toleration-keys", default="", help="Taints that the pods tolerate, with commas between."),
    click.option(
        "--multitenancy",
        type=click.Choice(list(_LOCKED)),
        default="auto",
        show_default=True,
        help="Lock tenants in; auto: unless an installation is there that is open.",
    ),
    click.option("--force", is_flag=True, help="Do not ask when another tool looks after the installation."),
)
_LISTS = ("components", "toleration_keys")
_WORDS = (
    "registry",
    "image_pull_secret",
    "registry_creds",
    "log_level",
    "cluster_domain",
    "watch_all_namespaces",
    "network_policy",
)


def how(command: F) -> F:
    """Give a command the flags."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


def options(namespace: str, given: dict[str, Any]) -> tuple[Options, bool | None]:
    """What they say, and whether tenants are locked in (None: as the installation is that is there). Raises `Halt`."""
    said: dict[str, Any] = {name: given[name] for name in _WORDS} | {name: listed(given[name]) for name in _LISTS}
    try:
        found = Options(namespace, **said)
    except ValueError as error:
        raise Halt(str(error)) from None
    return found, _LOCKED[given["multitenancy"]]
