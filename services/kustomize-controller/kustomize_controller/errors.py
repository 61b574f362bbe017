"""Every way in which a pass can end before the object is as wanted.

Waiting                       ended by a wake, else by a timer
├── SourceMissing             Ready=False  ArtifactFailed       the source is not there (retry interval, no event)
├── ArtifactMissing           Ready=False  ArtifactFailed       no artifact yet, or it is gone from the server
├── DependencyNotReady        Ready=False  DependencyNotReady
├── HandingOver               Ready=Unknown Progressing         prune waits for others that may want the objects
├── Terminating               Ready=Unknown Progressing         deletion waits for what was deleted
└── HealthPending             Ready=Unknown Progressing         health is a state: no worker waits for it
Failed                        retried after the retry interval
├── ArtifactFailed            download, digest, unpacking, path
├── BuildFailed               overlay, decryption, substitution
├── ReconciliationFailed      target cluster, apply
├── PruneFailed
├── HealthCheckFailed
└── FinalizeFailed            PruneFailed, by back-off
Stalled                       until the object changes
├── AccessDenied              across namespaces, or a kind of source that is switched off
├── InvalidExpression         a CEL expression
└── FeatureGateDisabled
"""

from typing import ClassVar, Literal

from weir.runtime.outcome import Failed, Severity, Stalled, Unexpected, Waiting


class SourceMissing(Waiting):
    """The source object is not there."""

    reason: ClassVar[str] = "ArtifactFailed"


class ArtifactMissing(Waiting):
    """The source has no artifact, or the artifact server has it no longer."""

    reason: ClassVar[str] = "ArtifactFailed"


class DependencyNotReady(Waiting):
    """Something in `dependsOn` has to come first."""

    reason: ClassVar[str] = "DependencyNotReady"
    severity: ClassVar[Severity] = Severity.INFO


class HandingOver(Waiting):
    """Objects left this build; others of the same source have not said yet whether they want them."""

    ready: ClassVar[Literal["False", "Unknown"]] = "Unknown"
    default_after: ClassVar[float] = 1.0


class Terminating(Waiting):
    """What was deleted with the object is not gone yet."""

    ready: ClassVar[Literal["False", "Unknown"]] = "Unknown"
    default_after: ClassVar[float] = 1.0


class HealthPending(Waiting):
    """Everything is applied; some of it is not healthy yet."""

    ready: ClassVar[Literal["False", "Unknown"]] = "Unknown"
    default_after: ClassVar[float] = 5.0


class ArtifactFailed(Failed):
    """The artifact could not be fetched, verified or unpacked, or has no such path."""

    reason: ClassVar[str] = "ArtifactFailed"


class BuildFailed(Failed):
    """The manifests could not be built."""

    reason: ClassVar[str] = "BuildFailed"


class ReconciliationFailed(Failed):
    """The target cluster could not be reached, or refused an object."""

    reason: ClassVar[str] = "ReconciliationFailed"


class PruneFailed(Failed):
    """Stale objects could not be deleted; they stay in the inventory."""

    reason: ClassVar[str] = "PruneFailed"


class HealthCheckFailed(Failed):
    """Something failed, or was not healthy in time."""

    reason: ClassVar[str] = "HealthCheckFailed"


class FinalizeFailed(Unexpected):
    """What was applied could not be deleted with the object; tried again by back-off."""

    reason: ClassVar[str] = "PruneFailed"


class AccessDenied(Stalled):
    """The reference is not allowed here."""

    reason: ClassVar[str] = "AccessDenied"
    observes: ClassVar[bool] = False


class InvalidExpression(Stalled):
    """A CEL expression that cannot be used."""

    reason: ClassVar[str] = "InvalidCELExpression"


class FeatureGateDisabled(Stalled):
    """The object asks for a feature that is switched off or not there yet."""

    reason: ClassVar[str] = "FeatureGateDisabled"
    observes: ClassVar[bool] = False
