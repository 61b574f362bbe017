"""Would the artifact come out differently? Judgements on spec and status. Pure."""

from collections.abc import Sequence

from source_controller.git.refs import Candidate, modern
from weir.api.conditions import is_true
from weir.api.source import ARTIFACT_IN_STORAGE, Artifact, GitRepositorySpec, GitRepositoryStatus


def same_configuration(spec: GitRepositorySpec, status: GitRepositoryStatus, includes: Sequence[Artifact]) -> bool:
    """Whether the stored artifact was made with what the spec says now, and with these included artifacts."""
    return (
        spec.ignore == status.observed_ignore  # absent and empty differ
        and spec.recurse_submodules == status.observed_recurse_submodules
        and spec.include == status.observed_include
        and spec.sparse_checkout == status.observed_sparse_checkout
        and _contents(includes) == _contents(status.included_artifacts)
    )


def unchanged(status: GitRepositoryStatus, candidates: Sequence[Candidate]) -> bool:
    """Whether the remote stands where the stored artifact was made."""
    return (
        status.artifact is not None
        and is_true(status.conditions, ARTIFACT_IN_STORAGE)
        and len(candidates) == 1
        and candidates[0].revision == modern(status.artifact.revision)
    )


def _contents(artifacts: Sequence[Artifact]) -> list[tuple[str, str]]:
    return [(artifact.revision, artifact.digest) for artifact in artifacts]
