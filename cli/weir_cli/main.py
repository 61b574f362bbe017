"""`weir`: the root command. Each command's module is imported when it is asked for, so that `weir --help` is quick."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

import weir
from weir_cli.session import Connection

COMMANDS: dict[str, tuple[str, str]] = {
    "completion": ("completion", "Print the completion script of a shell."),
    "events": ("events", "Show Kubernetes events of toolkit objects, oldest first."),
    "get": ("get", "List sources, Kustomizations, receivers, providers and alerts."),
    "kustomize": ("kustomize", "Build a directory as `kustomize build` does."),
    "local": ("local", "Run a local cluster with the whole suite, on nothing but Python."),
    "logs": ("logs", "Show what the controllers log."),
    "reconcile": ("reconcile", "Ask for a reconcile now and wait for its end."),
    "resume": ("suspend", "Let suspended objects go on."),
    "suspend": ("suspend", "Make the controllers leave objects alone."),
    "version": ("version", "Print the versions of weir and of what is installed."),
}


class Lazy(click.Group):
    """A group that knows its commands by name and one line, and imports one only to run it or to print its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from its module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"weir_cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `weir --help`, without importing a single command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, text) in sorted(COMMANDS.items())])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("-n", "--namespace", envvar="WEIR_NAMESPACE", default="flux-system", show_default=True, help="Namespace.")
@click.option("--kubeconfig", default="", help="Kubeconfig file; else KUBECONFIG, ~/.kube/config, or the pod's own.")
@click.option("--context", default="", help="Context of the kubeconfig.")
@click.option("--as", "as_user", default="", help="User to impersonate.")
@click.option("--as-group", "as_groups", multiple=True, help="Group to impersonate; may be repeated.")
@click.option("--timeout", default="5m", show_default=True, help="How long to wait for anything.")
@click.version_option(weir.__version__, "-v", "--version", message="weir version %(version)s")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """GitOps for Kubernetes: watch Git, build, apply, undo drift, tell people.

    \b
    Try it without a cluster:
      weir local up                      start a local cluster with the whole suite
      weir get all -A                    what there is, and how it is
      weir reconcile kustomization apps --with-source
    """
    ctx.obj = Connection.of(options)


def hoist(arguments: Sequence[str]) -> list[str]:
    """The same arguments with the global flags in front: people write them after the command as often as before it."""
    takes_value = {name: not getattr(flag, "is_flag", True) for flag in cli.params for name in flag.opts}
    front: list[str] = []
    rest = list(arguments)
    place = 0
    while place < len(rest) and rest[place] != "--":
        name, equals, _value = rest[place].partition("=")
        if takes_value.get(name):
            width = 1 if equals else 2
            front += rest[place : place + width]
            del rest[place : place + width]
        else:
            place += 1
    return front + rest


def main() -> None:
    """Run the command line."""
    cli(hoist(sys.argv[1:]), prog_name="weir")


if __name__ == "__main__":
    main()
