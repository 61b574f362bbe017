"""A process of its own for CEL: no credentials, little memory, and a deadline after which it is killed and made anew.

Run as a module it reads one JSON line per question and writes one per answer.
"""

import asyncio
import contextlib
import logging
import resource
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from notification_controller.errors import BadFilter
from notification_controller.filters import check, hold
from weir.api.base import Struct

DEADLINE = 2.0
"""Seconds for one question."""
START = 20.0
"""Seconds for the process to load the engine."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space."""
_LINE = 64 * 1024 * 1024

_LOG = logging.getLogger(__name__)


class Question(Struct, kw_only=True):
    """Check the expressions, or say for each resource whether all of them hold."""

    expressions: tuple[str, ...]
    resources: tuple[dict[str, Any], ...] | None = None
    """`None`: only check."""
    request: Any = None


class Answer(Struct, kw_only=True):
    """Verdicts in the order of the resources, or what is wrong."""

    verdicts: tuple[bool, ...] = ()
    problem: str = ""


class FilterProcess:
    """Starts the process with the first question; asks one question at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def check(self, expressions: Sequence[str]) -> None:
        """Raise `BadFilter` unless every expression may be used."""
        await self._ask(Question(expressions=tuple(expressions)))

    async def hold(
        self, expressions: Sequence[str], resources: Sequence[dict[str, Any]], body: Any
    ) -> tuple[bool, ...]:
        """For each resource, whether all expressions hold. Raises `BadFilter`, also when it takes too long."""
        question = Question(expressions=tuple(expressions), resources=tuple(resources), request=body)
        return (await self._ask(question)).verdicts

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._kill()

    async def _ask(self, question: Question) -> Answer:
        async with self._turn:
            process = await self._running()
            try:
                async with asyncio.timeout(DEADLINE):
                    line = await self._exchange(process, msgspec.json.encode(question))
            except (TimeoutError, OSError, ValueError):
                line = b""
            except BaseException:
                await self._kill()
                raise
            if not line:
                await self._kill()
                raise BadFilter(f"the filters took more than {DEADLINE:g} seconds, or too much memory")
        answer = msgspec.json.decode(line, type=Answer)
        if answer.problem:
            raise BadFilter(answer.problem)
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", __name__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
                limit=_LINE,
            )
            try:
                async with asyncio.timeout(START):
                    await self._exchange(self._process, msgspec.json.encode(Question(expressions=("true",))))
            except (TimeoutError, OSError):
                await self._kill()
                raise BadFilter("the filter process does not start") from None
            except BaseException:
                await self._kill()
                raise
        return self._process

    async def _exchange(self, process: asyncio.subprocess.Process, line: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line + b"\n")
        await process.stdin.drain()
        return await process.stdout.readline()

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def answer(line: bytes) -> Answer:
    """The answer to one line. Nothing is raised."""
    question = msgspec.json.decode(line, type=Question)
    try:
        if question.resources is None:
            for expression in question.expressions:
                _check(expression)
            return Answer()
        request = {} if question.request is None else question.request
        verdicts = tuple(hold(question.expressions, {"res": each, "req": request}) for each in question.resources)
    except BadFilter as error:
        return Answer(problem=str(error))
    except (MemoryError, RecursionError) as error:
        return Answer(problem=f"a filter ran out of bounds: {type(error).__name__}")
    return Answer(verdicts=verdicts)


def _check(expression: str) -> None:
    try:
        check(expression)
    except BadFilter as error:
        raise BadFilter(f"filter {expression!r}: {error}") from None


def main() -> None:
    """Answer lines until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(msgspec.json.encode(answer(line)) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
