"""How a good pass ends: conditions, and which event. Pure."""

from weir.api.conditions import is_true
from weir.api.source import (
    ARTIFACT_IN_STORAGE,
    ARTIFACT_OUTDATED,
    FETCH_FAILED,
    INCLUDE_UNAVAILABLE,
    SOURCE_VERIFIED,
    STORAGE_OPERATION_FAILED,
    Artifact,
    GitRepositoryStatus,
)
from weir.runtime.conditions import Mark
from weir.runtime.outcome import Ready, Severity

FAILURES = (STORAGE_OPERATION_FAILED, FETCH_FAILED, INCLUDE_UNAVAILABLE)
REVISION = "source.toolkit.fluxcd.io/revision"
DIGEST = "source.toolkit.fluxcd.io/digest"
SUCCEEDED = "Succeeded"
_SUBJECT = 50


def no_change(before: GitRepositoryStatus, artifact: Artifact, verified: str | None) -> Ready:
    """The remote stands where it stood."""
    message = f"no changes since last reconciliation: observed revision '{artifact.revision}'"
    return _end(before, artifact, verified, artifact.revision, ("GitOperationSucceeded", message))


def up_to_date(before: GitRepositoryStatus, artifact: Artifact, verified: str | None) -> Ready:
    """The remote was asked, and the stored artifact is what it has."""
    message = f"artifact up-to-date with remote revision: '{artifact.revision}'"
    return _end(before, artifact, verified, artifact.revision, ("ArtifactUpToDate", message))


def ready(before: GitRepositoryStatus, artifact: Artifact, verified: str | None, subject: str) -> Ready:
    """An artifact was stored. It is news when its content is."""
    short = subject if len(subject) <= _SUBJECT else f"{subject[:_SUBJECT]}..."
    ending = _end(before, artifact, verified, short, ("ArtifactUpToDate", f"stored artifact for commit '{short}'"))
    if before.artifact and before.artifact.digest == artifact.digest:
        return ending
    return _told(ending, artifact, "NewArtifact", short)


def _end(
    before: GitRepositoryStatus, artifact: Artifact, verified: str | None, what: str, trace: tuple[str, str]
) -> Ready:
    """`verified` says whose signature was verified; empty: nobody asked; None: it stays as it was."""
    message = f"stored artifact for revision '{artifact.revision}'"
    gone = tuple(Mark(type_, "", "", "") for type_ in (*FAILURES, ARTIFACT_OUTDATED))
    signature = () if verified is None else (Mark(SOURCE_VERIFIED, "True" if verified else "", SUCCEEDED, verified),)
    marks = (*gone, *signature, Mark(ARTIFACT_IN_STORAGE, "True", SUCCEEDED, message))
    reason, said = trace
    ending = Ready(SUCCEEDED, message, marks=marks, severity=Severity.TRACE, event_reason=reason, event_message=said)
    if any(is_true(before.conditions, failure) for failure in FAILURES):
        return _told(ending, artifact, SUCCEEDED, what)  # over: those who heard of the failure hear of its end
    return ending


def _told(ending: Ready, artifact: Artifact, reason: str, what: str) -> Ready:
    return Ready(
        ending.reason,
        ending.message,
        marks=ending.marks,
        severity=Severity.INFO,
        event_reason=reason,
        event_message=f"stored artifact for commit '{what}'",
        metadata={REVISION: artifact.revision, DIGEST: artifact.digest},
    )
