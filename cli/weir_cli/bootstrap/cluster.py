"""What bootstrap does in the cluster: looks, installs, makes the source's Secret, waits."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncssh

from weir.api.kustomization import Kustomization
from weir.apply.engine import Plan
from weir.kube import kinds
from weir.kube.client import Client
from weir.kube.errors import NotFound
from weir_cli import applying, nouns
from weir_cli.bootstrap.clone import Access
from weir_cli.bootstrap.target import Target, is_same_path, root_path
from weir_cli.installation import apply, state
from weir_cli.reconcile import REQUESTED_AT
from weir_cli.rollout import rolled_out
from weir_cli.session import Connection
from weir_cli.terminal import Halt, action, confirm, success, waiting
from weir_cli.wait import Asked, wait_for

Body = dict[str, Any]


async def looked(client: Client, target: Target, namespace: str, *, force: bool) -> bool:
    """Whether the root Kustomization has ever applied. Raises `Halt` where bootstrapping would do harm."""
    if not state.will_do(found := await state.kubernetes(client)):
        raise Halt(f"Kubernetes {found} is too old: {state.FLOOR} is needed")
    there = await state.distribution(client)
    if there and there.foreign and not force:
        confirm(f"{there.text} is looked after by {there.foreign}, which may undo this. Go on?", "--force")
    try:
        root = (await client.get(Kustomization.DEFINITION.kind, namespace, namespace)).body()
    except NotFound:
        return False
    path = str(nouns.field(root, "spec", "path") or "")
    if not is_same_path(path, root_path(target)):
        raise Halt(
            f"Kustomization {namespace}/{namespace} applies the path {path}, and {root_path(target)} would take its "
            f"place and prune what that has applied: use --path {path.removeprefix('./')}, or if the move is meant, "
            f"`weir suspend ks {namespace}`, move the files in Git and change spec.path first"
        )
    return bool(nouns.field(root, "status", "lastAppliedRevision"))


async def planned(client: Client, bodies: Sequence[Body]) -> Plan:
    """What applying would do. Raises `Halt` with every refusal said before."""
    return await applying.planned(client, bodies, "bootstrap")


async def applied(client: Client, bodies: Sequence[Body]) -> None:
    """Apply; what became of each object goes to standard output."""
    await applying.applied(client, await planned(client, bodies), "bootstrap")


async def known_hosts(client: Client, target: Target, namespace: str) -> str | None:
    """The host keys in the source's Secret, or None when there is no Secret."""
    try:
        found = (await client.get(kinds.SECRET, target.secret, namespace)).body()
    except NotFound:
        return None
    return b64decode(str(nouns.field(found, "data", "known_hosts") or "")).decode(errors="replace")


async def secret(target: Target, access: Access, namespace: str, known: str, *, silent: bool) -> Body:
    """The source's Secret: what was given, or for ssh a new key that a person has to allow at the server.

    Host keys that are known already stay: a server that shows another one is not believed.
    """
    texts = await _keys(target, access, known, silent=silent) if target.ssh else _login(target, access)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": target.secret, "namespace": namespace},
        "type": "Opaque",
        "data": {key: b64encode(text.encode()).decode() for key, text in texts.items()},
    }


def _login(target: Target, access: Access) -> dict[str, str]:
    authority = {"ca.crt": Path(access.ca).read_text(encoding="utf-8")} if access.ca else {}
    return {"username": target.username, "password": target.password, **authority}


async def _keys(target: Target, access: Access, known: str, *, silent: bool) -> dict[str, str]:
    try:
        key = asyncssh.read_private_key(access.private_key) if access.private_key else _new()
    except (OSError, asyncssh.KeyImportError) as error:
        raise Halt(f"--private-key-file: {error}") from None
    known = known or await _scanned(target)
    public = key.export_public_key().decode()
    if not access.private_key:
        action(f"public key: {public.strip()}")
        if not silent:
            confirm("Has this key been given access to the repository?", "-s")
    return {"identity": _private(key, access), "identity.pub": public, "known_hosts": known}


async def _scanned(target: Target) -> str:
    """The line of known_hosts that says what the server shows now."""
    parts = urlsplit(target.url)
    host, port = parts.hostname or "", parts.port or 22
    try:
        server = await asyncssh.get_server_host_key(host, port)
    except (OSError, asyncssh.Error) as error:
        raise Halt(f"the host key of {host}:{port} cannot be read: {error}") from None
    if server is None:
        raise Halt(f"{host}:{port} shows no host key")
    name = host if port == 22 else f"[{host}]:{port}"
    return f"{name} {server.export_public_key().decode()}"


def _private(key: asyncssh.SSHKey, access: Access) -> str:
    """The key as a text; the user's as it is in the file, since each export of a key differs."""
    if access.private_key:
        return Path(access.private_key).read_text(encoding="utf-8")
    return key.export_private_key().decode()


def _new() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ecdsa-sha2-nistp384")


async def healthy(client: Client, connection: Connection, revision: str) -> None:
    """Wait until source, root and workloads are well at a revision. Raises `Halt` with every reason."""
    reasons = []
    for kind in ("GitRepository", "Kustomization"):
        waiting(f'waiting for {kind} "{connection.namespace}/{connection.namespace}" to be reconciled')
        try:
            success(await _at(client, connection, kind, revision))
        except Halt as problem:
            reasons.append(f"{kind}: {problem.message}")
    action("confirming components are healthy")
    _names, ready = await rolled_out(client, connection)
    if not ready:
        reasons.append("components: what is listed is not ready")
    if reasons:
        raise Halt(f"bootstrap failed with {len(reasons)} health check failure(s): {'; '.join(reasons)}")
    success("all components are healthy")


async def _at(client: Client, connection: Connection, kind: str, revision: str) -> str:
    """Have one reconciled, unless it is there already; how it ended."""
    noun, namespace = nouns.by_kind(kind), connection.namespace
    assert noun is not None
    body = (await client.get(noun.kind, namespace, namespace)).body()
    if nouns.field(body, "spec", "suspend"):
        raise Halt(f"it is suspended: `weir resume {noun.name} {namespace}` lets it go on")
    asked = Asked(connection.timeout)
    if _revision(body) != revision:
        token = datetime.now(UTC).isoformat()
        patch = {"metadata": {"annotations": {REQUESTED_AT: token}}}
        await client.patch(noun.kind, namespace, namespace, patch, manager=apply.MANAGER)
        asked = Asked(connection.timeout, token)
    text = await wait_for(client, noun, namespace, namespace, asked)
    found = _revision((await client.get(noun.kind, namespace, namespace)).body())
    if found != revision:
        raise Halt(f"it is at {found}, not at {revision}")
    return text


def _revision(body: Body) -> str:
    found = nouns.field(body, "status", "artifact", "revision") or nouns.field(body, "status", "lastAttemptedRevision")
    return str(found or "")
