"""What is asked of worker processes, and what they answer: data only."""

from typing import Any

import msgspec

from weir.api.kustomization import HealthCheckExpression, Kustomization


class Limits(msgspec.Struct, frozen=True):
    """What a worker may use: bytes of memory and of unpacked trees, seconds of processor time and in all per task.

    A task that evaluates expressions only gets the seconds of `expression`: one that runs for ever is no long build.
    """

    memory: int = 2 << 30
    cpu: float = 60.0
    seconds: float = 120.0
    trees: int = 512 << 20
    unpacked: int = 512 << 20
    expression: float = 3.0


class Open(msgspec.Struct, frozen=True, tag=True):
    """Unpack an artifact and keep its tree."""

    digest: str
    archive: bytes


class Build(msgspec.Struct, frozen=True, tag=True):
    """Build what an object wants from the artifact that was opened under this digest."""

    digest: str
    kustomization: Kustomization
    variables: tuple[dict[str, str], ...] = ()
    strict: bool = True
    closure: bytes = b""
    """What the last build read, as it told."""
    key: str = ""
    """The key of the last build: if it is the same again, nothing has to be built."""


class Compare(msgspec.Struct, frozen=True, tag=True):
    """Tell which builds read something that is not as it was; each by closure and `Built.read`."""

    digest: str
    builds: tuple[tuple[bytes, str], ...]


class CheckRules(msgspec.Struct, frozen=True, tag=True):
    """Check the syntax of health expressions."""

    checks: tuple[HealthCheckExpression, ...]


class CheckReady(msgspec.Struct, frozen=True, tag=True):
    """Check the syntax and type of `readyExpr`s; pairs of expression and where it stands."""

    expressions: tuple[tuple[str, str], ...]


class AskReady(msgspec.Struct, frozen=True, tag=True):
    """Evaluate a `readyExpr`; both objects as JSON."""

    expression: str
    self: bytes
    dep: bytes


class AskHealth(msgspec.Struct, frozen=True, tag=True):
    """Evaluate health expressions (current, in progress, failed) on objects given as JSON."""

    rules: tuple[tuple[str, str, str], ...]
    objects: tuple[bytes, ...]


EXPRESSIONS = (CheckRules, CheckReady, AskReady, AskHealth)
"""Tasks that evaluate or check expressions of tenants, and nothing else."""

Task = Open | Build | Compare | CheckRules | CheckReady | AskReady | AskHealth


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A task that cannot be done; `kind` is `path`, `build`, `archive`, `expression` or `unknown`."""

    message: str
    kind: str = ""


class Done(msgspec.Struct, frozen=True, tag=True):
    """Nothing more to say."""


class Built(msgspec.Struct, frozen=True, tag=True):
    """Built objects as JSON, where each comes from, and the digest of them all."""

    objects: tuple[bytes, ...]
    origins: tuple[str, ...]
    digest: str
    closure: bytes
    """What the build read, for the next `Build`."""
    read: str
    """Digest of what it read, as it was."""
    key: str
    """Digest of all that the result depends on."""
    warnings: tuple[str, ...] = ()


class Same(msgspec.Struct, frozen=True, tag=True):
    """The result would be that of the last build."""


class Differ(msgspec.Struct, frozen=True, tag=True):
    """The builds that read something else now, by their place in the question."""

    builds: tuple[int, ...]


class Remotes(msgspec.Struct, frozen=True, tag=True):
    """The build needs these remote bases."""

    urls: tuple[str, ...]


class Verdict(msgspec.Struct, frozen=True, tag=True):
    """What a `readyExpr` gave; the text of an error when it could not be evaluated."""

    ready: bool
    error: str = ""


class Judged(msgspec.Struct, frozen=True, tag=True):
    """Status and message of each object."""

    findings: tuple[tuple[str, str], ...]


Answer = Refused | Done | Built | Same | Differ | Remotes | Verdict | Judged


class Reply(msgspec.Struct, frozen=True):
    """An answer, and the digests of the artifacts that the worker now holds."""

    answer: Answer
    trees: tuple[str, ...] = ()


TASK: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Task)
REPLY = msgspec.msgpack.Decoder(Reply)
encode = msgspec.msgpack.encode
