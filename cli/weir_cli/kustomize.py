"""`weir kustomize`: build a directory with the controllers' own engine."""

import os
from pathlib import Path

import click

from weir_cli.terminal import Halt

_MAX_TREE = 512 * 1024 * 1024


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write to instead of standard output.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Nothing outside of it is read; the Git repository around DIRECTORY by default.",
)
def kustomize(directory: Path, output: Path | None, root: Path | None) -> None:
    """Build DIRECTORY as `kustomize build` does, and print the manifests.

    \b
    Example:
      weir kustomize tenants/production
    """
    from weir import overlay  # noqa: PLC0415  only this command needs the engine

    directory = directory.resolve()
    top = root.resolve() if root else enclosing(directory)
    if not directory.is_relative_to(top):
        raise Halt(f"--root {top} does not hold {directory}")
    path = directory.relative_to(top).as_posix()
    try:
        built = overlay.build(tree(top), "" if path == "." else path)
    except overlay.RemotesNeeded as needed:
        raise Halt(f"remote bases are not fetched here: {', '.join(needed.urls)}") from None
    except overlay.BuildError as error:
        raise Halt(str(error)) from None
    text = overlay.yaml_text(built)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def enclosing(directory: Path) -> Path:
    """The Git repository around a directory, else the directory itself."""
    return next((parent for parent in (directory, *directory.parents) if (parent / ".git").exists()), directory)


def tree(root: Path) -> dict[str, bytes]:
    """Every regular file below the root by path, without links and Git's own folder. Raises `Halt` when too large."""
    files: dict[str, bytes] = {}
    total = 0
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in {".git", ".venv", "node_modules"}]
        for name in names:
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file():
                continue
            content = path.read_bytes()
            total += len(content)
            if total > _MAX_TREE:
                raise Halt(f"{root} holds more than {_MAX_TREE >> 20} MiB: --root says what belongs to the build")
            files[path.relative_to(root).as_posix()] = content
    return files
