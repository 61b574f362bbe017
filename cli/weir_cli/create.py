"""`weir create`: objects from flags, created or updated, or printed as manifests."""

import importlib

import click

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


class Kinds(click.Group):
    """What can be created, by name and one line; its module is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from its module. Raises `Halt` for a kind of Flux that is not served yet."""
        del ctx
        name = _ALIASES.get(cmd_name, cmd_name)
        if name in _LATER:
            raise Halt(f"{name}: that kind is not served yet; `weir create --help` lists what is")
        if name not in _COMMANDS:
            return None
        command = getattr(importlib.import_module(f"weir_cli.{_COMMANDS[name][0]}"), name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list, without importing a single command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, text) in sorted(_COMMANDS.items())])


@click.group(cls=Kinds)
def create() -> None:
    """Create or update objects from flags, and wait until they are ready.

    \b
    With --export the manifest is printed and nothing is changed.
    Examples:
      weir create source git podinfo --url https://example.com/podinfo.git --branch main
      weir create kustomization podinfo --source podinfo --path ./deploy --prune --export
    """
