"""References: which one is wanted, what the remote has, and what the revision is called.

The rules for names are those of git-check-ref-format(1).
"""

import re
from collections.abc import Mapping
from enum import Enum

from source_controller import semver
from weir.api.base import Struct
from weir.api.source import GitRepositoryRef

HEADS = "refs/heads/"
TAGS = "refs/tags/"
PEELED = "^{}"
DEFAULT_BRANCH = "master"

_COMMIT = re.compile(r"[0-9a-fA-F]{40}")
_LINE = re.compile(r"([0-9a-f]{40,64})\t(\S.*)")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")


class RefError(ValueError):
    """The reference is malformed, absent at the remote, or matches nothing; the message quotes it."""


class EmptyRemote(RefError):
    """The remote has no reference at all."""


class Mode(Enum):
    """How the commit is found."""

    COMMIT = "commit"
    NAME = "name"
    SEMVER = "semver"
    TAG = "tag"
    BRANCH = "branch"


class Wanted(Struct):
    """A checked `spec.ref`."""

    mode: Mode
    ref: str = ""
    """Full name of the reference; empty for a range and for a commit without a branch."""
    label: str = ""
    """What stands before the `@` of the revision."""
    commit: str = ""
    range: str = ""

    @property
    def beyond_heads_and_tags(self) -> bool:
        """Whether the remote has to list all its references to find this one."""
        return bool(self.ref) and not self.ref.startswith((HEADS, TAGS))


class Candidate(Struct):
    """A reference, the object it stands at, and the commit behind it, as far as the remote told."""

    label: str
    ref: str
    """Full name; empty when the commit is fetched by its own name."""
    object: str
    commit: str

    @property
    def revision(self) -> str:
        """What the artifact of this commit is called."""
        return revision(self.label, self.commit)


def wanted(ref: GitRepositoryRef | None) -> Wanted:
    """What `spec.ref` asks for: commit before name before semver before tag before branch.

    Raises `RefError` when the field that counts is malformed.
    """
    ref = ref or GitRepositoryRef()
    if ref.commit:
        if not _COMMIT.fullmatch(ref.commit):
            raise RefError(f"commit {ref.commit!r} is not a full SHA-1 (40 hexadecimal digits)")
        branch = _checked("branch", HEADS + ref.branch) if ref.branch else ""
        return Wanted(Mode.COMMIT, branch, ref.branch, ref.commit.lower())
    if ref.name:
        return Wanted(Mode.NAME, _checked("name", ref.name.removesuffix(PEELED)), ref.name)
    if ref.semver:
        try:
            semver.parse(ref.semver)
        except semver.RangeError as error:
            raise RefError(f"semver {ref.semver!r}: {error}") from error
        return Wanted(Mode.SEMVER, range=ref.semver)
    if ref.tag:
        return Wanted(Mode.TAG, _checked("tag", TAGS + ref.tag), ref.tag)
    branch = ref.branch or DEFAULT_BRANCH
    return Wanted(Mode.BRANCH, _checked("branch", HEADS + branch), branch)


def listing(output: bytes) -> dict[str, str]:
    """Reference to object, from the output of `git ls-remote`; peeled tags carry the suffix `^{}`."""
    lines = (_LINE.fullmatch(line) for line in output.decode("utf-8", "replace").split("\n"))
    return {match[2]: match[1] for match in lines if match}


def resolve(want: Wanted, refs: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The candidates for what is wanted: one, or the tags of one version that differ in build metadata only.

    Raises `RefError` when there is none, `EmptyRemote` when a branch is wanted and the remote has no reference.
    """
    if want.mode is Mode.SEMVER:
        return _best(want, refs)
    if not refs and want.mode is Mode.BRANCH:
        raise EmptyRemote("the remote repository is empty")
    if want.ref and want.ref not in refs:
        raise RefError(f"couldn't find remote ref {want.ref!r}")
    if want.mode is Mode.COMMIT:
        return (Candidate(want.label, "", want.commit, want.commit),)
    return (_candidate(want.label, want.ref, refs),)


def revision(label: str, commit: str) -> str:
    """`label@sha1:commit`, or `sha1:commit` without a label."""
    algorithm = {40: "sha1", 64: "sha256"}[len(commit)]
    return f"{label}@{algorithm}:{commit}" if label else f"{algorithm}:{commit}"


def modern(text: str) -> str:
    """A revision in today's form: older controllers wrote `main/<sha>`, `HEAD/<sha>` and a bare sha."""
    label, _, commit = text.rpartition("/")
    if ":" in text or not _COMMIT.fullmatch(commit):
        return text
    return revision("" if label == "HEAD" else label, commit)


def _best(want: Wanted, refs: Mapping[str, str]) -> tuple[Candidate, ...]:
    tags = [ref.removeprefix(TAGS) for ref in refs if ref.startswith(TAGS) and not ref.endswith(PEELED)]
    best = semver.newest(tags, semver.parse(want.range))
    if not best:
        raise RefError(f"no match found for semver: {want.range}")
    return tuple(_candidate(tag, TAGS + tag, refs) for tag in best)


def _candidate(label: str, ref: str, refs: Mapping[str, str]) -> Candidate:
    return Candidate(label, ref, refs[ref], refs.get(ref + PEELED, refs[ref]))


def _checked(field: str, ref: str) -> str:
    parts = ref.split("/")
    bad = any(not part or part.startswith(".") or part.endswith(".lock") for part in parts)
    if bad or _FORBIDDEN.search(ref) or ref.endswith(".") or ref.startswith("-") or len(ref) > 1000:
        raise RefError(f"{field} {ref.removeprefix(HEADS).removeprefix(TAGS)!r} is not a valid reference name")
    return ref
