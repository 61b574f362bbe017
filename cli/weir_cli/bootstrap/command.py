"""`weir bootstrap`: its flags."""

import os
from typing import TYPE_CHECKING, Any

import click

from weir_cli.flags import Command
from weir_cli.installation import flags
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir.kube.client import Client
    from weir_cli.bootstrap.target import Target

_FILE = click.Path(exists=True, dir_okay=False)


@click.group()
def bootstrap() -> None:
    """Install the controllers and have them look after themselves from a Git repository."""


@bootstrap.command(cls=Command)
@click.option("--url", required=True, help="https://HOST/PATH or ssh://git@HOST/PATH.")
@click.option("--branch", default="main", show_default=True)
@click.option("--path", default="", help="Folder of this cluster in the repository.")
@click.option("--interval", default="1m0s", show_default=True, help="How often the repository is looked at.")
@click.option("--secret-name", default="flux-system", show_default=True, help="Secret of the source.")
@click.option("-u", "--username", default="git", show_default=True, help="User, over http.")
@click.option("-p", "--password", default="", help="Others see it on a command line: GIT_PASSWORD hides it.")
@click.option("--private-key-file", type=_FILE, help="Key for ssh, of the source too.")
@click.option("--ca-file", type=_FILE, help="Authority of the server's certificate.")
@click.option("--allow-insecure-http", is_flag=True, help="Allow http://.")
@click.option("-s", "--silent", is_flag=True, help="Do not ask whether the new key was given access.")
@click.option("--author-name", default="Flux", show_default=True)
@click.option("--author-email", default="weir@localhost", show_default=True)
@click.option("--commit-message-appendix", default="", help="Text below each commit message, such as [skip ci].")
@flags.how
@click.option("--dry-run", is_flag=True, help="Print what would change in Git and in the cluster, and change nothing.")
@connected
def git(connection: Connection, /, **given: Any) -> None:
    """Bootstrap from any Git repository that can be pushed to.

    \b
    Git is your own: its configuration and credentials count. Run again, it changes what differs and nothing else.
    Example:
      GIT_PASSWORD=... weir bootstrap git --url https://git.example/fleet.git --path clusters/production
    """
    from weir_cli.bootstrap import story  # noqa: PLC0415  costly; only those who run it pay
    from weir_cli.bootstrap.clone import Access, Author  # noqa: PLC0415  same

    options, locked = flags.options(connection.namespace, given)
    request = story.Request(
        _target(given),
        options,
        Access(given["private_key_file"] or "", given["ca_file"] or ""),
        Author(given["author_name"], given["author_email"], given["commit_message_appendix"]),
        locked,
        silent=given["silent"],
        force=given["force"],
        dry_run=given["dry_run"],
    )

    async def command(client: "Client") -> None:
        await story.bootstrap(client, connection, request)

    run(connection, command)


def _target(given: dict[str, Any]) -> "Target":
    from weir_cli.bootstrap.target import Target  # noqa: PLC0415  as above

    try:
        return Target(
            given["url"],
            given["branch"],
            given["path"].removeprefix("./").strip("/"),
            given["interval"],
            given["secret_name"],
            given["username"],
            given["password"] or os.environ.get("GIT_PASSWORD", ""),
            given["allow_insecure_http"],
        )
    except ValueError as error:
        raise Halt(str(error)) from None
