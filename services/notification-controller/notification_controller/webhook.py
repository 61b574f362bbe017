"""What a Receiver is, apart from verifying: its path, whether it serves, and which objects it names. Pure."""

import hashlib

from notification_controller.errors import Refused
from weir.api.base import Struct
from weir.api.conditions import READY, RECONCILING, STALLED, is_true
from weir.api.notification import Receiver, ReceiverResource

ROOT = "/hook/"

SOURCE = "source.toolkit.fluxcd.io/v1"
DEFAULT_API_VERSIONS = {
    "Bucket": SOURCE,
    "GitRepository": SOURCE,
    "OCIRepository": SOURCE,
    "HelmRepository": SOURCE,
    "HelmChart": SOURCE,
    "ImageRepository": "image.toolkit.fluxcd.io/v1",
    "ArtifactGenerator": "source.extensions.fluxcd.io/v1beta1",
}
"""API version of a kind when a reference does not say; other kinds have to."""


class Target(Struct, kw_only=True):
    """The objects that one entry of `spec.resources` names."""

    api_version: str
    kind: str
    namespace: str
    name: str = ""
    """Empty when the labels select."""
    labels: str = ""
    """A label selector; empty selects all."""
    filters: tuple[str, ...] = ()
    """CEL expressions that all have to hold."""


def path(token: bytes, name: str, namespace: str) -> str:
    """`/hook/<hex SHA-256 of token, name and namespace>`: senders have this URL, so it must never change."""
    return ROOT + hashlib.sha256(token + name.encode() + namespace.encode()).hexdigest()


def serves(receiver: Receiver) -> bool:
    """Whether calls are taken: ready, and neither suspended nor in the middle of something."""
    conditions = receiver.status.conditions
    return (
        not receiver.spec.suspend
        and is_true(conditions, READY)
        and not is_true(conditions, RECONCILING)
        and not is_true(conditions, STALLED)
    )


def target(receiver: Receiver, entry: ReceiverResource, *, no_cross_namespace: bool) -> Target:
    """What an entry names. Raises `Refused` naming the entry."""
    own = receiver.metadata.namespace
    entry_label = f"{entry.kind}/{entry.namespace or own}/{entry.name}"
    if no_cross_namespace and entry.namespace and entry.namespace != own:
        raise Refused(f"{entry_label}: access to another namespace is not allowed (--no-cross-namespace-refs)")
    api_version = entry.api_version or DEFAULT_API_VERSIONS.get(entry.kind, "")
    if not api_version:
        raise Refused(f"{entry_label}: apiVersion must be set for this kind")
    if entry.name == "*" and entry.match_labels is None:
        raise Refused(f"{entry_label}: name '*' needs matchLabels (an empty map selects all)")
    every = entry.name == "*"
    return Target(
        api_version=api_version,
        kind=entry.kind,
        namespace=entry.namespace or own,
        name="" if every else entry.name,
        labels=",".join(f"{k}={v}" for k, v in sorted((entry.match_labels or {}).items())) if every else "",
        filters=tuple(text for text in (receiver.spec.resource_filter, entry.filter) if text),
    )
