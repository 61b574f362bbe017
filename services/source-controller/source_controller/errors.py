"""Every way in which a pass can end before the source is as wanted.

Waiting
└── IncludeUnavailable            IncludeUnavailable   NotFound | NoArtifact (subclasses); trace event
    ├── IncludeNotFound
    └── IncludeWithoutArtifact
Failed                            retried by back-off
├── FetchFailed                   FetchFailed          GitOperationFailed
│   ├── AuthenticationFailed      ...                  AuthenticationFailed         Secret missing or of no use
│   ├── InvalidProvider           ...                  InvalidProviderConfiguration
│   └── EmptyRepository           ...                  EmptyGitRepository
├── NotVerified                   SourceVerified=False VerificationError            the Secret with the keys
│   ├── InvalidGitObject          ...                  InvalidGitObject             nothing that could be verified
│   ├── InvalidTagSignature       ...                  InvalidTagSignature
│   └── InvalidCommitSignature    ...                  InvalidCommitSignature
├── StorageFailed                 StorageOperationFailed   ArchiveOperationFailed
│   ├── CopyFailed                ...                  CopyFailure                  an include cannot be copied
│   └── IllegalPath               ...                  IllegalPath                  an include leaves the tree
└── CollectionFailed              none                 GarbageCollectionFailed      files of a deleted object
Stalled                           until the object changes
├── InvalidVerificationMode       SourceVerified=False InvalidVerificationMode   no tag is asked for
├── InvalidUrl                    FetchFailed          URLInvalid
├── ProviderUnsupported           FetchFailed          InvalidProviderConfiguration
├── GateDisabled                  FetchFailed          FeatureGateDisabled
└── NotSupported                  FetchFailed          NotSupported                 what we do not do (yet)
"""

from typing import ClassVar, Literal

from weir.api.source import FETCH_FAILED, INCLUDE_UNAVAILABLE, SOURCE_VERIFIED, STORAGE_OPERATION_FAILED
from weir.runtime.conditions import Mark
from weir.runtime.outcome import Ending, Failed, Severity, Stalled, Waiting


class Marked(Ending):
    """An ending that says why in a condition of its own too, and takes back what the pass has got over."""

    condition: ClassVar[str]
    state: ClassVar[Literal["True", "False"]] = "True"
    """The condition's status."""
    overcome: ClassVar[tuple[str, ...]] = ()
    """Conditions that cannot be true any more when the pass gets this far."""

    def __init__(self, message: str, after: float | None = None) -> None:
        gone = [Mark(type_, "", "", "") for type_ in self.overcome]
        super().__init__(message, after=after, marks=[*gone, Mark(self.condition, self.state, self.reason, message)])


class IncludeUnavailable(Marked, Waiting):
    """An included repository is not there, or has nothing to include."""

    condition: ClassVar[str] = INCLUDE_UNAVAILABLE
    overcome: ClassVar[tuple[str, ...]] = (STORAGE_OPERATION_FAILED,)
    severity: ClassVar[Severity] = Severity.TRACE


class IncludeNotFound(IncludeUnavailable):
    """There is no such repository."""

    reason: ClassVar[str] = "NotFound"


class IncludeWithoutArtifact(IncludeUnavailable):
    """The repository has no artifact yet."""

    reason: ClassVar[str] = "NoArtifact"


class FetchFailed(Marked, Failed):
    """The remote could not be listed or fetched, or does not have what is wanted."""

    reason: ClassVar[str] = "GitOperationFailed"
    condition: ClassVar[str] = FETCH_FAILED
    overcome: ClassVar[tuple[str, ...]] = (STORAGE_OPERATION_FAILED,)


class AuthenticationFailed(FetchFailed):
    """A Secret is missing, or does not hold what it should."""

    reason: ClassVar[str] = "AuthenticationFailed"


class InvalidProvider(FetchFailed):
    """The Secret asks for another provider."""

    reason: ClassVar[str] = "InvalidProviderConfiguration"


class EmptyRepository(FetchFailed):
    """The remote has no commit."""

    reason: ClassVar[str] = "EmptyGitRepository"


class NotVerified(Marked, Failed):
    """The signature that `spec.verify` asks for could not be verified."""

    reason: ClassVar[str] = "VerificationError"
    condition: ClassVar[str] = SOURCE_VERIFIED
    state: ClassVar[Literal["True", "False"]] = "False"
    overcome: ClassVar[tuple[str, ...]] = (STORAGE_OPERATION_FAILED, FETCH_FAILED, INCLUDE_UNAVAILABLE)


class InvalidGitObject(NotVerified):
    """There is nothing that could be verified."""

    reason: ClassVar[str] = "InvalidGitObject"


class InvalidTagSignature(NotVerified):
    """The tag is not signed by a trusted key."""

    reason: ClassVar[str] = "InvalidTagSignature"


class InvalidCommitSignature(NotVerified):
    """The commit is not signed by a trusted key."""

    reason: ClassVar[str] = "InvalidCommitSignature"


class InvalidVerificationMode(Marked, Stalled):
    """A tag is to be verified, and `spec.ref` asks for none."""

    reason: ClassVar[str] = "InvalidVerificationMode"
    condition: ClassVar[str] = SOURCE_VERIFIED
    state: ClassVar[Literal["True", "False"]] = "False"
    overcome: ClassVar[tuple[str, ...]] = (STORAGE_OPERATION_FAILED, FETCH_FAILED, INCLUDE_UNAVAILABLE)


class StorageFailed(Marked, Failed):
    """The artifact could not be stored."""

    reason: ClassVar[str] = "ArchiveOperationFailed"
    condition: ClassVar[str] = STORAGE_OPERATION_FAILED
    overcome: ClassVar[tuple[str, ...]] = (FETCH_FAILED, INCLUDE_UNAVAILABLE)


class CopyFailed(StorageFailed):
    """An included tree could not be put where it should be."""

    reason: ClassVar[str] = "CopyFailure"


class IllegalPath(StorageFailed):
    """An include reads or writes outside of its tree."""

    reason: ClassVar[str] = "IllegalPath"


class CollectionFailed(Failed):
    """The files of a deleted object could not be removed."""

    reason: ClassVar[str] = "GarbageCollectionFailed"


class InvalidUrl(Marked, Stalled):
    """`spec.url` cannot be fetched from."""

    reason: ClassVar[str] = "URLInvalid"
    condition: ClassVar[str] = FETCH_FAILED
    overcome: ClassVar[tuple[str, ...]] = (STORAGE_OPERATION_FAILED,)


class ProviderUnsupported(InvalidUrl):
    """`spec.provider` names a cloud that we do not speak with."""

    reason: ClassVar[str] = "InvalidProviderConfiguration"


class GateDisabled(InvalidUrl):
    """A field needs a feature gate."""

    reason: ClassVar[str] = "FeatureGateDisabled"


class NotSupported(InvalidUrl):
    """A field asks for what this controller does not do."""

    reason: ClassVar[str] = "NotSupported"
