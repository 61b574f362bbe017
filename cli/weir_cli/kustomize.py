"""`weir kustomize`: build a directory with the controllers' own engine."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir import overlay

_SKIPPED = {".git", ".venv", "node_modules"}
_HELM_SECONDS = 300


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File, or directory for one file per object.")
@click.option(
    "--load-restrictor",
    type=click.Choice(["LoadRestrictionsRootOnly", "LoadRestrictionsNone"]),
    default="LoadRestrictionsRootOnly",
    help="Whether files may lie outside the directory that names them.",
)
@click.option("--enable-helm", is_flag=True, help="Render helmCharts with the helm program.")
@click.option("--helm-command", default="helm", help="The helm program.")
@click.option("--reorder", type=click.Choice(["legacy", "none"]), default="legacy", help="Order without sortOptions.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Nothing outside of it is read; the Git repository around DIRECTORY by default.",
)
def kustomize(  # size: every option is a parameter
    directory: Path,
    output: Path | None,
    load_restrictor: str,
    enable_helm: bool,
    helm_command: str,
    reorder: Literal["legacy", "none"],
    root: Path | None,
) -> None:
    """Build DIRECTORY as `kustomize build` does, and print the manifests. No cluster is needed.

    \b
    Examples:
      weir kustomize tenants/production
      weir kustomize tenants/production --output manifests/
    """
    from weir import overlay  # noqa: PLC0415  only this command needs the engine

    directory = directory.resolve()
    top = root.resolve() if root else enclosing(directory)
    if not directory.is_relative_to(top):
        raise Halt(f"--root {top} does not hold {directory}")
    options = overlay.Options(
        load_restrictor="none" if load_restrictor == "LoadRestrictionsNone" else "root",
        reorder=reorder,
        charts={} if enable_helm else None,
    )
    try:
        built = _built(top, directory.relative_to(top).as_posix(), options, helm_command)
    except overlay.RemotesNeeded as needed:
        text = "remote bases are not fetched here: clone them and name the directories"
        raise Halt(f"{text} ({', '.join(needed.urls)})") from None
    except overlay.OverlayError as error:
        raise Halt(str(error)) from None
    for line in built.warnings:
        click.echo(line, err=True)
    if output is not None and output.is_dir():
        _separate(built, output)
    elif output is not None:
        output.write_text(overlay.yaml_text(built), encoding="utf-8")
    else:
        click.echo(overlay.yaml_text(built), nl=False)


def _built(top: Path, path: str, options: "overlay.Options", helm: str) -> "overlay.Built":
    """The build, charts rendered as it asks for them."""
    from weir import overlay  # noqa: PLC0415  only this command needs the engine

    charts: dict[overlay.Chart, bytes] = dict(options.charts or {})
    while True:
        try:
            return overlay.build(Files(top), path, options=options)
        except overlay.HelmNeeded as needed:
            for chart in needed.charts:
                if chart.absent:
                    _pull(chart, top, helm)
                else:
                    charts[chart] = _rendered(chart, top, helm)
            options = overlay.Options(options.load_restrictor, reorder=options.reorder, charts=charts)


def _pull(chart: "overlay.Chart", top: Path, helm: str) -> None:
    """Put a chart into its home."""
    home = _home(chart, top)
    oci = chart.repository.startswith("oci://")
    name = [f"{chart.repository.rstrip('/')}/{chart.name}"] if oci else ["--repo", chart.repository, chart.name]
    version = ["--version", chart.version] if chart.version else []
    _helm(helm, "pull", "--untar", "--untardir", str(home), *version, *name)
    if not (home / chart.name).is_dir():
        raise Halt(f"{helm} pull brought no chart {home / chart.name}")


def _home(chart: "overlay.Chart", top: Path) -> Path:
    home = top / chart.home
    if not home.resolve().is_relative_to(top):
        raise Halt(f"the charts' directory {chart.home} is outside {top}")
    return home


def _rendered(chart: "overlay.Chart", top: Path, helm: str) -> bytes:
    """What `helm template` prints."""
    folder = _home(chart, top) / chart.name
    import tempfile  # noqa: PLC0415  only charts need it

    with tempfile.TemporaryDirectory(prefix="weir-values-") as place:
        values: list[str] = []
        for number, content in enumerate(chart.values):
            file = Path(place, f"{number}.yaml")
            file.write_bytes(content)
            values += ["-f", str(file)]
        release = [chart.release] if chart.release else ["--generate-name"]
        return _helm(helm, "template", *release, str(folder), *values, *chart.arguments)


def _helm(helm: str, *arguments: str) -> bytes:
    import subprocess  # noqa: PLC0415  only charts need it

    try:
        done = subprocess.run([helm, *arguments], capture_output=True, check=False, timeout=_HELM_SECONDS)  # noqa: S603  asked for by --enable-helm
    except FileNotFoundError:
        raise Halt(f"there is no {helm} program: install helm, or leave --enable-helm out") from None
    except subprocess.TimeoutExpired:
        raise Halt(f"{helm} {arguments[0]} took more than {_HELM_SECONDS} seconds") from None
    if done.returncode:
        raise Halt(f"{helm} {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _separate(built: "overlay.Built", folder: Path) -> None:
    """One file for each object, named as `kustomize build -o DIR` does: with namespaces when there are several."""
    from weir import yaml  # noqa: PLC0415  only this command needs it
    from weir.overlay.ids import type_of  # noqa: PLC0415  only this command needs it

    types = [type_of(str(body.get("apiVersion", "")), str(body["kind"])) for body in built.objects]
    namespaces = [
        "" if type_.cluster_scoped else str(body["metadata"].get("namespace") or "default")
        for type_, body in zip(types, built.objects, strict=True)
    ]
    several = len({namespace for namespace in namespaces if namespace}) > 1
    for type_, namespace, body in zip(types, namespaces, built.objects, strict=True):
        lead = namespace if several else ""
        parts = (lead, type_.group, type_.version, type_.kind, str(body["metadata"].get("name", "")))
        name = "_".join(part for part in parts if part).lower().replace("/", "_")
        (folder / f"{name}.yaml").write_text(yaml.dump(body), encoding="utf-8")


def enclosing(directory: Path) -> Path:
    """The Git repository around a directory, else the directory itself."""
    return next((parent for parent in (directory, *directory.parents) if (parent / ".git").exists()), directory)


class Files(Mapping[str, bytes]):
    """The regular files below a directory by path, without links and Git's own folder.

    Only what is asked for is looked at, so that a build costs what it reads and not what lies around it.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._folders = {"": True}

    def __getitem__(self, path: str) -> bytes:
        if path not in self:
            raise KeyError(path)
        with open(f"{self._root}/{path}", "rb") as file:  # noqa: PTH123  called for every file of a build
            return file.read()

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        folder, _, name = path.rpartition("/")
        return self._is_folder(folder) and self._mode(path, name) == stat.S_IFREG

    def is_folder(self, path: str) -> bool:
        """Whether a directory is there that holds a file somewhere below."""
        return self._is_folder(path) and (not path or next(_walk(self._root, path), None) is not None)

    def _is_folder(self, path: str) -> bool:
        known = self._folders
        if path in known:
            return known[path]
        at = ""
        for name in path.split("/"):
            at = f"{at}/{name}" if at else name
            if at not in known:
                known[at] = name not in _SKIPPED and self._mode(at, name) == stat.S_IFDIR
            if not known[at]:
                return False
        return True

    def _mode(self, path: str, name: str) -> int:
        """What kind of file a path is, 0 when there is none or it leads elsewhere."""
        if name in {"", ".", ".."} or path[0] == "/":
            return 0
        try:
            return stat.S_IFMT(os.lstat(f"{self._root}/{path}").st_mode)
        except (OSError, ValueError):
            return 0

    def __iter__(self) -> Iterator[str]:
        return _walk(self._root, "")

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _walk(root: str, start: str) -> Iterator[str]:
    """Every regular file below a directory, by path from the root."""
    try:
        with os.scandir(f"{root}/{start}") as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = f"{start}/{entry.name}" if start else entry.name
        if entry.is_file(follow_symlinks=False):
            yield path
        elif entry.is_dir(follow_symlinks=False) and entry.name not in _SKIPPED:
            yield from _walk(root, path)
