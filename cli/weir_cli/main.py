"""`weir`: the root command. Each command's module is imported when it is asked for, so that `weir --help` is quick."""

import gc
import sys

import click

import weir
from weir_cli import flags, terminal
from weir_cli.lazy import Lazy

COMMANDS: dict[str, tuple[str, str]] = {
    "bootstrap": ("bootstrap.command", "Install the controllers and have them follow a Git repository."),
    "check": ("check", "Check the cluster and what is installed in it."),
    "completion": ("completion", "Print the completion script of a shell."),
    "create": ("create", "Create or update objects from flags."),
    "debug": ("debug", "Show the status, the variables or the history of a Kustomization."),
    "delete": ("delete", "Delete objects, after a yes."),
    "deps": ("deps", "Show which Kustomization waits for which."),
    "envsubst": ("envsubst", "Expand variables of the environment in a text, as the controller does."),
    "events": ("events", "Show Kubernetes events of toolkit objects, oldest first."),
    "export": ("export", "Print objects as YAML for a repository."),
    "get": ("get", "List sources, Kustomizations, receivers, providers and alerts."),
    "install": ("install", "Install or upgrade the controllers in the cluster."),
    "kustomize": ("kustomize", "Build a directory as `kustomize build` does."),
    "local": ("local", "Run a local cluster with the whole suite, on nothing but Python."),
    "logs": ("logs", "Show what the controllers log."),
    "migrate": ("migrate", "Move stored objects, or manifests in files, to the API versions of today."),
    "reconcile": ("reconcile", "Ask for a reconcile now and wait for its end."),
    "resume": ("suspend", "Let suspended objects go on."),
    "stats": ("stats", "Count objects by kind: running, failing, suspended, and what they store."),
    "suspend": ("suspend", "Make the controllers leave objects alone."),
    "trace": ("trace", "Show which Kustomization and source objects come from."),
    "tree": ("tree", "Show what a Kustomization has applied, and how each object is."),
    "trigger": ("trigger", "Call webhooks from a pipeline, without access to the cluster."),
    "uninstall": ("uninstall", "Remove the controllers, their definitions and all of their objects."),
    "version": ("version", "Print the versions of weir and of what is installed."),
    "why": ("why", "Tell who owns an object, which commit and file it is from, and what it waits for."),
}


@click.group(
    cls=Lazy,
    table=COMMANDS,
    params=list(flags.GLOBAL),
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(weir.__version__, "-v", "--version", message="weir version %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """GitOps for Kubernetes: watch Git, build, apply, undo drift, tell people.

    \b
    Try it without a cluster:
      weir local up                      start a local cluster with the whole suite
      weir get all -A                    what there is, and how it is
      weir reconcile kustomization apps --with-source

    Options of `weir` may stand before or behind the command.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line. Every error is one line on standard error."""
    try:
        code = cli.main(prog_name="weir", standalone_mode=False)
    except terminal.Halt as end:
        end.show()
        code = end.exit_code
    except click.ClickException as error:
        terminal.failure(error.format_message())
        code = 1
    except click.Abort:
        code = 130
    except OSError as error:
        terminal.failure(str(error))
        code = 1
    gc.freeze()  # the process ends: the collector would look through everything three times on its way out
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
