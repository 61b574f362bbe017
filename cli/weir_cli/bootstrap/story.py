"""One bootstrap, top to bottom. What it goes by is in Git and in the cluster: the next run takes up where it ended."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import click

import weir
from weir import overlay
from weir.kube.client import Client
from weir_cli.bootstrap import cluster
from weir_cli.bootstrap.clone import Access, Author, Clone, cloned
from weir_cli.bootstrap.target import COMPONENTS, KUSTOMIZATION, SYNC, Target, folder, sync, sync_file
from weir_cli.installation import apply
from weir_cli.installation.options import Options
from weir_cli.installation.render import export, secrets_of
from weir_cli.kustomize import Files
from weir_cli.session import Connection
from weir_cli.terminal import Halt, action, generating, success

Body = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """Everything that was asked for."""

    target: Target
    options: Options
    access: Access
    author: Author
    locked: bool | None
    """Whether tenants are locked in; None: as the installation is that is there."""
    silent: bool
    force: bool
    dry_run: bool


async def bootstrap(client: Client, connection: Connection, request: Request) -> None:
    """Do it, or with `dry_run` print what would be done. Raises `Halt` with the cause and what to do."""
    target, namespace = request.target, request.options.namespace
    runs = await cluster.looked(client, target, namespace, force=request.force)
    locked = not await apply.is_open(client, namespace) if request.locked is None else request.locked
    request = replace(request, options=replace(request.options, locked=locked))
    if request.dry_run:
        await _shown(client, request, runs=runs)
        return
    _pushed(request, "component manifests", f"Add Flux v{weir.__version__} component manifests", _components)
    if not runs:
        await _installed(client, request)
    await _secret(client, request)
    head, bodies = _pushed(request, "sync manifests", "Add Flux sync manifests", _all)
    action("applying sync manifests")
    await cluster.applied(client, _roots(bodies, request))
    success("reconciled sync configuration")
    await cluster.healthy(client, connection, f"{target.branch}@sha1:{head}")


def _components(clone: Clone, request: Request) -> str:
    place = folder(request.target, request.options.namespace)
    return clone.write({f"{place}/{COMPONENTS}": export(request.options)})


def _all(clone: Clone, request: Request) -> str:
    """Write everything; the difference."""
    place = folder(request.target, request.options.namespace)
    _components(clone, request)
    clone.write({f"{place}/{SYNC}": sync_file(sync(request.target, request.options))})
    return clone.write({f"{place}/kustomization.yaml": KUSTOMIZATION}, keep=True)


def _pushed(
    request: Request, what: str, message: str, write: Callable[[Clone, Request], str]
) -> tuple[str, list[Body]]:
    """Write, commit and push, once more when somebody else has pushed meanwhile: commit and build."""
    target = request.target
    for _attempt in range(2):
        action(f'cloning branch "{target.branch}" from Git repository "{target.url}"')
        with cloned(target, request.access) as clone:
            success("cloned repository")
            generating(f"generating {what}")
            write(clone, request)
            if not clone.commit(message, request.author):
                success(f"{what} are up to date")
            elif clone.push():
                success(f'committed {what} to "{target.branch}" ("{clone.head}")')
            else:
                continue
            _all(clone, request)
            return clone.head, _built(clone, request)
    raise Halt(f'cannot push to {target.url}: others push to "{target.branch}" all the time: run the command again')


def _built(clone: Clone, request: Request) -> list[Body]:
    """The objects of the toolkit's own folder, with the user's patches."""
    place = folder(request.target, request.options.namespace)
    try:
        return list(overlay.build(Files(clone.root), place).objects)
    except overlay.RemotesNeeded as needed:
        raise Halt(f"{place}/kustomization.yaml names remote bases ({', '.join(needed.urls)}): copy them in") from None
    except overlay.OverlayError as error:
        raise Halt(f"{place} does not build: {error}") from None


def _is_root(body: Body, namespace: str) -> bool:
    group = str(body["apiVersion"]).partition(".")[0]
    return group in {"source", "kustomize"} and body["metadata"].get("name") == namespace


def _roots(bodies: list[Body], request: Request) -> list[Body]:
    found = [body for body in bodies if _is_root(body, request.options.namespace)]
    if len(found) != len(sync(request.target, request.options)):
        place = folder(request.target, request.options.namespace)
        raise Halt(f"{place}/kustomization.yaml does not list {SYNC} under resources: add it")
    return found


async def _installed(client: Client, request: Request) -> None:
    """Apply the components, as the user's kustomization has them."""
    namespace = request.options.namespace
    action(f'installing components in "{namespace}" namespace')
    with cloned(request.target, request.access) as clone:
        _all(clone, request)
        bodies = [body for body in _built(clone, request) if not _is_root(body, namespace)]
    await cluster.applied(client, [*bodies, *secrets_of(request.options)])
    success("reconciled components")


async def _secret(client: Client, request: Request) -> None:
    target, namespace = request.target, request.options.namespace
    if not (target.ssh or target.password):
        return
    given = bool(target.password or request.access.private_key or request.access.ca)
    known = await cluster.known_hosts(client, target, namespace)
    if given or known is None:
        body = await cluster.secret(target, request.access, namespace, known or "", silent=request.silent)
        await cluster.applied(client, [body])
    success("source secret up to date")


async def _shown(client: Client, request: Request, *, runs: bool) -> None:
    """Print the difference in Git and the change set of the cluster."""
    with cloned(request.target, request.access) as clone:
        difference = _all(clone, request)
        bodies = _built(clone, request)
    wanted = _roots(bodies, request) if runs else [*bodies, *secrets_of(request.options)]
    lines = (await cluster.planned(client, wanted)).lines
    click.echo("".join(f"{text}\n" for text in (difference, lines) if text), nl=False)
