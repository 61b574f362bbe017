"""A worker process: reads tasks from its standard input, answers on its standard output.

Its limits are set before it reads anything. It has no credentials in its environment, opens no file and no connection.
"""

import resource
import sys
from collections import OrderedDict

import msgspec

from kustomize_controller import build
from kustomize_controller.substitute import SubstituteError
from kustomize_controller.tasks import (
    TASK,
    Answer,
    AskHealth,
    AskReady,
    Build,
    CheckReady,
    CheckRules,
    Compare,
    Done,
    Judged,
    Limits,
    Open,
    Refused,
    Reply,
    Task,
    Verdict,
    encode,
)
from weir import archive, overlay
from weir.cel import CelError
from weir.child import confine, serve
from weir.health import expressions


def main(arguments: list[str]) -> None:
    """Serve until the other end closes the pipe."""
    limits = msgspec.json.decode(arguments[0], type=Limits)
    confine(limits.memory)
    sys.setrecursionlimit(5000)
    trees = Trees(limits)

    def answer(message: bytes) -> bytes:
        spend(limits)
        return encode(Reply(attempt(message, trees), tuple(trees.held)))

    serve(answer)


def spend(limits: Limits) -> None:
    """Allow this much processor time for the next task."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + limits.cpu) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


def attempt(message: bytes, trees: "Trees") -> Answer:
    """Do a task. Whatever it runs into becomes an answer: a tenant's input ends no worker."""
    try:
        return perform(TASK.decode(message), trees)
    except archive.ArchiveError as error:
        return Refused(str(error), "archive")
    except build.PathError as error:
        return Refused(str(error), "path")
    except (build.BuildRefusedError, SubstituteError) as error:
        return Refused(str(error), "build")
    except CelError as error:
        return Refused(str(error), "expression")
    except MemoryError:
        return Refused("needs more memory than a build may take", "memory")
    except RecursionError:
        return Refused("the input nests too deeply", "build")
    except Exception as error:  # noqa: BLE001  the wall between a tenant's input and the controller
        return Refused(f"unexpected {type(error).__name__}", "unknown")


def perform(task: Task, trees: "Trees") -> Answer:
    """The answer to a task."""
    match task:
        case Open():
            trees.open(task.digest, task.archive)
        case Build():
            return build.build(trees.held[task.digest], task)
        case Compare():
            return build.compare(trees.held[task.digest], task)
        case CheckRules():
            expressions.rules(task.checks)
        case CheckReady():
            for expression, where in task.expressions:
                expressions.check_ready(expression, where)
        case AskReady():
            return _ready(task)
        case AskHealth():
            return _health(task)
    return Done()


def _ready(task: AskReady) -> Verdict:
    try:
        ready = expressions.ready(task.expression, msgspec.json.decode(task.self), msgspec.json.decode(task.dep))
    except CelError as error:
        return Verdict(ready=False, error=str(error))
    return Verdict(ready)


def _health(task: AskHealth) -> Judged:
    pairs = zip(task.rules, task.objects, strict=True)
    found = [expressions.assess(expressions.Rule(*rule), msgspec.json.decode(obj)) for rule, obj in pairs]
    return Judged(tuple((health.status.value, health.message) for health in found))


class Trees:
    """Unpacked artifacts, the last used last; the oldest go when they take too many bytes together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held: OrderedDict[str, overlay.Indexed] = OrderedDict()
        self._sizes: dict[str, int] = {}

    def open(self, digest: str, packed: bytes) -> None:
        """Unpack an artifact. Raises `ArchiveError`."""
        tree = overlay.Indexed(archive.unpack(packed, archive.Limits(total_bytes=self._limits.unpacked)))
        self.held[digest] = tree
        self._sizes[digest] = sum(map(len, tree.values()))
        self.held.move_to_end(digest)
        while len(self.held) > 1 and sum(self._sizes.values()) > self._limits.trees:
            oldest, _ = self.held.popitem(last=False)
            del self._sizes[oldest]


if __name__ == "__main__":
    main(sys.argv[1:])
