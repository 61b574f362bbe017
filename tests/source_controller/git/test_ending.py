import pytest

from source_controller.git.content import same_configuration, unchanged
from source_controller.git.ending import no_change, ready, up_to_date
from source_controller.git.refs import Candidate
from weir.api.base import LocalObjectReference
from weir.api.conditions import Condition
from weir.api.source import Artifact, GitRepositoryInclude, GitRepositorySpec, GitRepositoryStatus
from weir.runtime.outcome import Ready

WHEN = "2026-01-01T00:00:00Z"
A, B = "a" * 40, "b" * 40
ARTIFACT = Artifact("p", "http://s/p", f"main@sha1:{A}", "sha256:aa", WHEN, 1)
NEWER = Artifact("q", "http://s/q", f"main@sha1:{B}", "sha256:bb", WHEN, 1)
SAME = Artifact("q", "http://s/q", f"main@sha1:{B}", "sha256:aa", WHEN, 1)
STORED = Condition("ArtifactInStorage", "True", WHEN, "Succeeded", "m")
FAILED = Condition("FetchFailed", "True", WHEN, "GitOperationFailed", "m")

EVENTS: dict[str, tuple[Ready, tuple[str, str, str, int]]] = {
    "the first artifact": (
        ready(GitRepositoryStatus(), ARTIFACT, "", "Subject"),
        ("info", "NewArtifact", "stored artifact for commit 'Subject'", 2),
    ),
    "new content": (
        ready(GitRepositoryStatus(artifact=ARTIFACT), NEWER, "", "x" * 51),
        ("info", "NewArtifact", f"stored artifact for commit '{'x' * 50}...'", 2),
    ),
    "new content after a failure": (
        ready(GitRepositoryStatus(artifact=ARTIFACT, conditions=(FAILED,)), NEWER, "", "S"),
        ("info", "NewArtifact", "stored artifact for commit 'S'", 2),
    ),
    "the same content at a new revision": (
        ready(GitRepositoryStatus(artifact=ARTIFACT), SAME, "", "S"),
        ("trace", "ArtifactUpToDate", "stored artifact for commit 'S'", 0),
    ),
    "the same content after a failure": (
        ready(GitRepositoryStatus(artifact=ARTIFACT, conditions=(FAILED,)), SAME, "", "S"),
        ("info", "Succeeded", "stored artifact for commit 'S'", 2),
    ),
    "no change": (
        no_change(GitRepositoryStatus(artifact=ARTIFACT), ARTIFACT, ""),
        (
            "trace",
            "GitOperationSucceeded",
            f"no changes since last reconciliation: observed revision 'main@sha1:{A}'",
            0,
        ),
    ),
    "no change after a failure": (
        no_change(GitRepositoryStatus(artifact=ARTIFACT, conditions=(FAILED,)), ARTIFACT, ""),
        ("info", "Succeeded", f"stored artifact for commit 'main@sha1:{A}'", 2),
    ),
    "asked for nothing": (
        up_to_date(GitRepositoryStatus(artifact=ARTIFACT), ARTIFACT, ""),
        ("trace", "ArtifactUpToDate", f"artifact up-to-date with remote revision: 'main@sha1:{A}'", 0),
    ),
}


@pytest.mark.parametrize("case", EVENTS)
def test_which_event_an_ending_makes(case: str) -> None:
    ending, expected = EVENTS[case]
    assert (ending.severity.value, ending.event_reason, ending.event_message, len(ending.metadata)) == expected


def test_a_good_ending_takes_back_every_failure() -> None:
    ending = ready(GitRepositoryStatus(), ARTIFACT, "", "S")
    assert (ending.reason, ending.message) == ("Succeeded", f"stored artifact for revision 'main@sha1:{A}'")
    assert {mark.type: mark.status for mark in ending.marks} == {
        "StorageOperationFailed": "",
        "FetchFailed": "",
        "IncludeUnavailable": "",
        "ArtifactOutdated": "",
        "SourceVerified": "",
        "ArtifactInStorage": "True",
    }


@pytest.mark.parametrize(("verified", "status"), [("by me", "True"), ("", ""), (None, None)])
def test_what_becomes_of_the_verification(verified: str | None, status: str | None) -> None:
    ending = no_change(GitRepositoryStatus(artifact=ARTIFACT), ARTIFACT, verified)
    assert {mark.type: mark.status for mark in ending.marks}.get("SourceVerified") == status


INCLUDE = GitRepositoryInclude(LocalObjectReference("other"))
SPEC = GitRepositorySpec("https://h/a", "1m")
CONFIGURATIONS: dict[str, tuple[GitRepositorySpec, GitRepositoryStatus, tuple[Artifact, ...], bool]] = {
    "nothing set": (SPEC, GitRepositoryStatus(), (), True),
    "new ignore rules": (GitRepositorySpec("u", "1m", ignore="a"), GitRepositoryStatus(), (), False),
    "empty is not absent": (GitRepositorySpec("u", "1m", ignore=""), GitRepositoryStatus(), (), False),
    "the same ignore rules": (
        GitRepositorySpec("u", "1m", ignore="a"),
        GitRepositoryStatus(observed_ignore="a"),
        (),
        True,
    ),
    "another sparse checkout": (
        GitRepositorySpec("u", "1m", sparse_checkout=("a",)),
        GitRepositoryStatus(observed_sparse_checkout=("b",)),
        (),
        False,
    ),
    "a new include": (GitRepositorySpec("u", "1m", include=(INCLUDE,)), GitRepositoryStatus(), (ARTIFACT,), False),
    "the same include": (
        GitRepositorySpec("u", "1m", include=(INCLUDE,)),
        GitRepositoryStatus(observed_include=(INCLUDE,), included_artifacts=(ARTIFACT,)),
        (ARTIFACT,),
        True,
    ),
    "an include at a new revision": (
        GitRepositorySpec("u", "1m", include=(INCLUDE,)),
        GitRepositoryStatus(observed_include=(INCLUDE,), included_artifacts=(ARTIFACT,)),
        (SAME,),
        False,
    ),
    "another url does not count": (GitRepositorySpec("https://other/a", "9m"), GitRepositoryStatus(), (), True),
}


@pytest.mark.parametrize("case", CONFIGURATIONS)
def test_whether_the_artifact_would_come_out_differently(case: str) -> None:
    spec, status, includes, same = CONFIGURATIONS[case]
    assert same_configuration(spec, status, includes) is same


HERE, THERE = Candidate("main", "refs/heads/main", A, A), Candidate("main", "refs/heads/main", B, B)
LEGACY = Artifact("p", "u", f"main/{A}", "sha256:aa", WHEN)
STANDINGS: dict[str, tuple[GitRepositoryStatus, tuple[Candidate, ...], bool]] = {
    "the same commit": (GitRepositoryStatus(artifact=ARTIFACT, conditions=(STORED,)), (HERE,), True),
    "another commit": (GitRepositoryStatus(artifact=ARTIFACT, conditions=(STORED,)), (THERE,), False),
    "no artifact": (GitRepositoryStatus(conditions=(STORED,)), (HERE,), False),
    "an artifact that was not stored": (GitRepositoryStatus(artifact=ARTIFACT), (HERE,), False),
    "two candidates": (GitRepositoryStatus(artifact=ARTIFACT, conditions=(STORED,)), (HERE, THERE), False),
    "a revision in the old form": (GitRepositoryStatus(artifact=LEGACY, conditions=(STORED,)), (HERE,), True),
}


@pytest.mark.parametrize("case", STANDINGS)
def test_whether_the_remote_moved(case: str) -> None:
    status, candidates, same = STANDINGS[case]
    assert unchanged(status, candidates) is same
