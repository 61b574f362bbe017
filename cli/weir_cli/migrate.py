"""`weir migrate`: stored objects, or manifests in files, to the API versions of today."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weir_cli.flags import Command
from weir_cli.installation.options import listed
from weir_cli.installation.upgrades import VERSIONS, Upgrade, upgraded, upgrades
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, action, confirm, failure, success, warning

if TYPE_CHECKING:
    from weir.kube.client import Client

File = tuple[Path, str, list[Upgrade]]


@click.command(cls=Command)
@click.option(
    "-f",
    "--path",
    type=click.Path(path_type=Path, exists=True),
    help="Manifests: a file, or a folder with all below it.",
)
@click.option("-e", "--extensions", default=".yaml,.yml", show_default=True, help="How names of files end.")
@click.option("-v", "--version", type=click.Choice(VERSIONS), default=VERSIONS[-1], show_default=True, help="Of Flux.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before files are written.")
@connected
def migrate(
    connection: Connection, *, path: Path | None, extensions: str, version: str, dry_run: bool, yes: bool
) -> None:
    """Write every stored object of the toolkit in the version that its definition stores, or upgrade manifests (-f).

    \b
    In the cluster: run it before older versions leave the definitions. Exit code 1: something is left.
    Examples:
      weir migrate --dry-run
      weir migrate -f . --dry-run
      weir migrate -f clusters -e .yaml,.yml,.tpl -y
    """
    if path:
        _manifests(list(_read(path, listed(extensions), version)), dry_run=dry_run, yes=yes)
        return

    async def command(client: "Client") -> None:
        await _cluster(client, dry_run=dry_run)

    run(connection, command)


async def _cluster(client: "Client", *, dry_run: bool) -> None:
    from weir_cli.installation.migration import migrated  # noqa: PLC0415  costly; only commands that connect pay
    from weir_cli.installation.state import definitions  # noqa: PLC0415  same

    problems = 0
    found = await definitions(client)
    if not found:
        raise Halt("no definitions of the toolkit are in the cluster")
    action("migrating stored objects")
    for definition in found:
        for each in await migrated(client, definition, dry_run=dry_run):
            if each.problem:
                failure(f"{each.subject}: {each.problem}")
                problems += 1
            else:
                success(f"{each.subject} {each.text}{' (dry run)' if dry_run else ''}")
    if problems:
        raise Halt(f"migration failed: {problems} objects are left; run it again when the cause is mended")
    success("migration finished")


def _read(path: Path, extensions: tuple[str, ...], version: str) -> Iterator[File]:
    """Files that need it, with their texts and what is to be changed."""
    for file in [path] if path.is_file() else _below(path, extensions):
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError:
            warning(f"{file} is left alone: it is no UTF-8")
            continue
        if found := upgrades(text, version):
            yield file, text, found


def _below(path: Path, extensions: tuple[str, ...]) -> Iterator[Path]:
    """Files in a folder and below, without Git's own; links are left alone."""
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name != ".git")
        files = (Path(folder, name) for name in sorted(names) if name.endswith(extensions))
        yield from (file for file in files if file.is_file() and not file.is_symlink())


def _manifests(files: list[File], *, dry_run: bool, yes: bool) -> None:
    for file, _text, found in files:
        for each in found:
            click.echo(f"{file}:{each.line}: {each.text}")
    if not files:
        success("no manifest needs it")
        return
    if dry_run:
        return
    if not yes:
        confirm(f"Write these changes into {len(files)} files?", "--yes")
    for file, text, found in files:
        file.write_bytes(upgraded(text, found).encode())
    success(f"{len(files)} files written")
