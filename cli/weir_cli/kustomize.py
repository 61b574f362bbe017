"""`weir kustomize`: build a directory with the controllers' own engine."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from weir_cli.terminal import Halt

_SKIPPED = {".git", ".venv", "node_modules"}


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write to instead of standard output.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Nothing outside of it is read; the Git repository around DIRECTORY by default.",
)
def kustomize(directory: Path, output: Path | None, root: Path | None) -> None:
    """Build DIRECTORY as `kustomize build` does, and print the manifests. No cluster is needed.

    \b
    Example:
      weir kustomize tenants/production
    """
    from weir import overlay  # noqa: PLC0415  only this command needs the engine

    directory = directory.resolve()
    top = root.resolve() if root else enclosing(directory)
    if not directory.is_relative_to(top):
        raise Halt(f"--root {top} does not hold {directory}")
    try:
        built = overlay.build(Files(top), directory.relative_to(top).as_posix())
    except overlay.RemotesNeeded as needed:
        raise Halt(f"remote bases are not fetched here: {', '.join(needed.urls)}") from None
    except overlay.OverlayError as error:
        raise Halt(str(error)) from None
    text = overlay.yaml_text(built)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def enclosing(directory: Path) -> Path:
    """The Git repository around a directory, else the directory itself."""
    return next((parent for parent in (directory, *directory.parents) if (parent / ".git").exists()), directory)


class Files(Mapping[str, bytes]):
    """Every regular file below a directory by path, without links and Git's own folder; read when it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = dict.fromkeys(_walk(root))

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        return (self._root / path).read_bytes()

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()
