"""`weir create source git`: a GitRepository from flags."""

from typing import Any

import click

from weir.api.base import LocalObjectReference
from weir.api.source import GitRepository, GitRepositoryRef, GitRepositorySpec
from weir_cli import creating
from weir_cli.flags import Command
from weir_cli.session import Connection, connected
from weir_cli.terminal import Halt

_REFERENCES = {"branch": "branch", "tag": "tag", "tag_semver": "semver", "ref_name": "name", "commit": "commit"}
_INSTEAD = "make the Secret by `weir create secret git` and name it by --secret-ref"
_REFUSED = {
    "username": _INSTEAD,
    "password": _INSTEAD,
    "private_key_file": _INSTEAD,
    "ca_file": _INSTEAD,
    "recurse_submodules": "submodules are not fetched yet; make a GitRepository of each and use spec.include",
}
"""Flags of Flux that are refused, and what to do instead."""


class Sources(click.Group):
    """Kinds of source; of those that are not there yet, it says so."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a kind. Raises `Halt` for one that Weir does not serve yet."""
        if cmd_name in {"oci", "helm", "bucket", "chart"}:
            raise Halt(f"source {cmd_name}: that kind is not served yet; there is source git")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Sources)
def source() -> None:
    """Create or update sources.

    \b
    Example:
      weir create source git podinfo --url https://example.com/podinfo.git --branch main
    """


@source.command(cls=Command)
@click.argument("name")
@click.option("--url", default="", help="Address of the repository: https, http or ssh.")
@click.option("--branch", default="", help="Branch to follow; master unless another reference is given.")
@click.option("--tag", default="", help="Tag to take.")
@click.option("--tag-semver", default="", help="Range of versions; the highest tag in it is taken.")
@click.option("--ref-name", default="", help="Full name of a reference, such as refs/pull/420/head.")
@click.option("--commit", default="", help="Commit to take; --branch may say where it is looked for.")
@click.option("--interval", default="1m", show_default=True, help="How often to look for a new revision.")
@click.option("--fetch-timeout", default="60s", show_default=True, help="Bound on one fetch.")
@click.option("--secret-ref", default="", help="Secret with the credentials.")
@click.option("--proxy-secret-ref", default="", help="Secret with the proxy.")
@click.option("--ignore-paths", multiple=True, help="Paths to leave out, as in .gitignore; commas part them.")
@click.option("--sparse-checkout-paths", multiple=True, help="Directories to keep; commas part them.")
@click.option("--provider", default="", help="generic; others are not there yet.")
@click.option("-u", "--username", default="", hidden=True)
@click.option("-p", "--password", default="", hidden=True)
@click.option("--private-key-file", default="", hidden=True)
@click.option("--ca-file", default="", hidden=True)
@click.option("--recurse-submodules", is_flag=True, hidden=True)
@click.option("-s", "--silent", is_flag=True, hidden=True, expose_value=False)
@creating.options
@connected
def git(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update a GitRepository and wait for its first revision.

    \b
    Examples:
      weir create source git podinfo --url https://example.com/podinfo.git --branch main
      weir create source git podinfo --url ssh://git@example.com/podinfo.git --tag-semver '>=1.0' --secret-ref podinfo
    """
    made = creating.meta(GitRepository.DEFINITION, name, connection.namespace, labels)
    creating.finish(connection, GitRepository(**made, spec=spec(flags)), export=export)


def spec(flags: dict[str, Any]) -> GitRepositorySpec:
    """What the flags want. Raises `Halt` naming a flag that is missing or cannot be."""
    for flag, instead in _REFUSED.items():
        if flags[flag]:
            raise Halt(f"--{flag.replace('_', '-')}: {instead}")
    if flags["provider"] not in {"", "generic"}:
        raise Halt(f"--provider {flags['provider']}: there is only generic yet; {_INSTEAD}")
    if not flags["url"]:
        raise Halt("--url is needed: the address of the repository")
    if flags["url"].startswith("ssh://") and not flags["secret_ref"]:
        raise Halt(f"ssh needs a key: {_INSTEAD}")
    given = {field: flags[flag] for flag, field in _REFERENCES.items() if flags[flag]}
    if len(given.keys() - {"branch"}) > 1 or ("branch" in given and given.keys() - {"branch", "commit"}):
        raise Halt("give one of --branch, --tag, --tag-semver, --ref-name and --commit")
    ignored = creating.listed(flags["ignore_paths"])
    return GitRepositorySpec(
        url=flags["url"],
        interval=creating.interval("--interval", flags["interval"]),
        timeout=creating.interval("--fetch-timeout", flags["fetch_timeout"]),
        ref=GitRepositoryRef(**given) if given else None,
        secret_ref=LocalObjectReference(flags["secret_ref"]) if flags["secret_ref"] else None,
        proxy_secret_ref=LocalObjectReference(flags["proxy_secret_ref"]) if flags["proxy_secret_ref"] else None,
        ignore="\n".join(ignored) if ignored else None,
        sparse_checkout=creating.listed(flags["sparse_checkout_paths"]),
    )
