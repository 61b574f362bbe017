"""`weir create`: objects from flags, created or updated, or printed as manifests."""

import click

from weir_cli.lazy import Lazy
from weir_cli.terminal import Halt

_COMMANDS: dict[str, tuple[str, str]] = {
    "alert": ("create_notification", "Send events of objects to a Provider."),
    "alert-provider": ("create_notification", "Say where messages go."),
    "kustomization": ("create_kustomization", "Apply a path of a source."),
    "receiver": ("create_notification", "Take webhooks that ask for reconciles."),
    "secret": ("create_secret", "Keep credentials under the keys that controllers read."),
    "source": ("create_source", "Follow a Git repository."),
    "tenant": ("create_tenant", "Give a team namespaces of its own."),
}
_ALIASES = {"ks": "kustomization"}
_LATER = ("helmrelease", "hr", "image")
"""Kinds of Flux that are not served yet."""


class Kinds(Lazy):
    """What can be created."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command. Raises `Halt` for a kind of Flux that is not served yet."""
        name = _ALIASES.get(cmd_name, cmd_name)
        if name in _LATER:
            raise Halt(f"{name}: that kind is not served yet; `weir create --help` lists what is")
        return super().get_command(ctx, name)


@click.group(cls=Kinds, table=_COMMANDS)
def create() -> None:
    """Create or update objects from flags, and wait until they are ready.

    \b
    With --export the manifest is printed and nothing is changed.
    Examples:
      weir create source git podinfo --url https://example.com/podinfo.git --branch main
      weir create kustomization podinfo --source podinfo --path ./deploy --prune --export
    """
