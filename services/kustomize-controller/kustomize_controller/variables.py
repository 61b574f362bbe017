"""Where the variables of `postBuild` come from, and whom a change of such an object concerns."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from kustomize_controller.errors import BuildFailed
from weir.api.kustomization import Kustomization, SubstituteReference
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.kinds import CONFIG_MAP, SECRET
from weir.runtime.logs import redact


async def read(client: Client, ks: Kustomization) -> tuple[dict[str, str], ...]:
    """The layers of variables: one per `substituteFrom`, then `substitute`. Later ones win.

    Read with the controller's own rights in the namespace of the object. Raises `BuildFailed` naming what is missing.
    """
    post = ks.spec.post_build
    if post is None:
        return ()
    layers = [await _layer(client, reference, ks.metadata.namespace) for reference in post.substitute_from]
    return (*(layer for layer in layers if layer is not None), post.substitute)


def uses(ks: Kustomization, kind: str, name: str) -> bool:
    """Whether a pass of the object reads this ConfigMap or Secret of its namespace."""
    return (kind, name) in set(_references(ks))


def _references(ks: Kustomization) -> Iterator[tuple[str, str]]:
    spec = ks.spec
    if spec.post_build:
        yield from ((reference.kind, reference.name) for reference in spec.post_build.substitute_from)
    if spec.kube_config and spec.kube_config.secret_ref:
        yield "Secret", spec.kube_config.secret_ref.name
    if spec.kube_config and spec.kube_config.config_map_ref:
        yield "ConfigMap", spec.kube_config.config_map_ref.name
    if spec.decryption and spec.decryption.secret_ref:
        yield "Secret", spec.decryption.secret_ref.name


async def _layer(client: Client, reference: SubstituteReference, namespace: str) -> dict[str, str] | None:
    kind = SECRET if reference.kind == "Secret" else CONFIG_MAP
    where = f"substituteFrom {reference.kind} '{namespace}/{reference.name}'"
    try:
        live = (await client.get(kind, reference.name, namespace)).body()
    except NotFound:
        if reference.optional:
            return None
        raise BuildFailed(f"{where} not found") from None
    except KubeError as error:
        raise BuildFailed(f"{where} cannot be read: {error}") from error
    data: dict[str, Any] = live.get("data") or {}
    return data if reference.kind == "ConfigMap" else {key: _decoded(value, where, key) for key, value in data.items()}


def _decoded(value: str, where: str, key: str) -> str:
    try:
        text = base64.b64decode(value).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise BuildFailed(f"{where}: the value of {key} is no UTF-8 text") from None
    redact(text)  # the API server quotes what it refuses, and that may hold a variable
    return text
