"""The options that every command takes, before or behind its name."""

from typing import Any

import click
from click.core import ParameterSource

_META = "weir_cli.flags"

IGNORED = {
    "verbose": "logs of this command do not exist",
    "disable_compression": "answers are compressed as the server likes",
    "cache_dir": "nothing is cached on disk",
    "kube_api_qps": "requests are not held back",
    "kube_api_burst": "requests are not held back",
}
"""Options that scripts pass and that change nothing here, and why."""


def given(ctx: click.Context) -> dict[str, Any]:
    """Every option by name, wherever it was written; the one behind the command wins."""
    values: dict[str, Any] = ctx.meta.setdefault(_META, {})
    return values


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    name = str(param.name)
    if name not in given(ctx) or ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        given(ctx)[name] = value


def _namespaces(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from weir_cli import candidates  # noqa: PLC0415  only completion needs it

    return candidates.namespaces(ctx, incomplete)


def _contexts(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from weir_cli import candidates  # noqa: PLC0415  only completion needs it

    return candidates.contexts(ctx, incomplete)


def _option(*names: str, help: str = "", **rest: Any) -> click.Option:  # noqa: A002  click's own word
    return click.Option(names, help=help, expose_value=False, callback=_keep, **rest)


def _text(*names: str, help: str = "", **rest: Any) -> click.Option:  # noqa: A002  click's own word
    return _option(*names, help=help, default="", show_default=False, **rest)


GLOBAL: tuple[click.Option, ...] = (
    _text("-n", "--namespace", help="Namespace; flux-system by default.", shell_complete=_namespaces),
    _option("--ns-follows-kube-context", is_flag=True, help="Take the namespace of the kubeconfig's context."),
    _option("--timeout", default="5m", show_default=True, help="How long to wait for anything."),
    _text("--kubeconfig", help="Kubeconfig file; else KUBECONFIG, the pod's own account, or ~/.kube/config."),
    _text("--context", help="Context of the kubeconfig.", shell_complete=_contexts),
    _text("--cluster", help="Cluster of the kubeconfig."),
    _text("--user", help="User of the kubeconfig."),
    _text("--server", help="Address of the API server."),
    _text("--token", help="Bearer token."),
    _text("--certificate-authority", help="File with the certificates that the server's must come from."),
    _text("--client-certificate", help="File with the client's certificate."),
    _text("--client-key", help="File with the client's key."),
    _text("--tls-server-name", help="Name that the server's certificate must bear."),
    _option("--insecure-skip-tls-verify", is_flag=True, help="Do not verify the server's certificate."),
    _text("--as", "as_user", help="User to impersonate."),
    _option("--as-group", "as_groups", multiple=True, help="Group to impersonate; may be repeated."),
    _text("--as-uid", hidden=True),
    _option("--verbose", is_flag=True, hidden=True),
    _option("--disable-compression", is_flag=True, hidden=True),
    _text("--cache-dir", hidden=True),
    _text("--kube-api-qps", hidden=True),
    _text("--kube-api-burst", hidden=True),
)


class Command(click.Command):
    """A command that talks to a cluster: it takes the global options too; `weir --help` tells what they mean."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own options, then the global ones that it has no own of the same name for."""
        own = super().get_params(ctx)
        taken = {name for param in own for name in param.opts}
        return [*own, *(option for option in GLOBAL if not taken & set(option.opts))]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own options; of the global ones, where to read about them."""
        own = [
            record
            for param in super().get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        with formatter.section("Options"):
            formatter.write_dl(own)
        formatter.write_paragraph()
        formatter.write_text("Global options (-n, --timeout, --kubeconfig, --context, --as, ...): see `weir --help`.")
