"""A process of its own for CEL: no credentials, little memory, and a deadline after which it is made anew."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from notification_controller.errors import BadFilter
from notification_controller.filters import check, hold
from weir.api.base import Struct
from weir.child import Child, ChildLost, confine, serve

DEADLINE = 2.0
"""Seconds for one question."""
START = 20.0
"""Seconds for the process to load the engine."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space."""


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
        self._child = Child(__name__)
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
            await self._child.kill()

    async def _ask(self, question: Question) -> Answer:
        async with self._turn:
            await self._start()
            try:
                reply = await self._child.ask(msgspec.json.encode(question), DEADLINE)
            except (TimeoutError, ChildLost):
                raise BadFilter(f"the filters took more than {DEADLINE:g} seconds, or too much memory") from None
        answer = msgspec.json.decode(reply, type=Answer)
        if answer.problem:
            raise BadFilter(answer.problem)
        return answer

    async def _start(self) -> None:
        """Have the engine loaded, so that the first question's time is its own."""
        if self._child.running:
            return
        try:
            await self._child.ask(msgspec.json.encode(Question(expressions=("true",))), START)
        except (TimeoutError, ChildLost, OSError):
            raise BadFilter("the filter process does not start") from None


def answer(message: bytes) -> bytes:
    """The answer to one question. Nothing is raised."""
    question = msgspec.json.decode(message, type=Question)
    try:
        found = _answer(question)
    except BadFilter as error:
        found = Answer(problem=str(error))
    except (MemoryError, RecursionError) as error:
        found = Answer(problem=f"a filter ran out of bounds: {type(error).__name__}")
    return msgspec.json.encode(found)


def _answer(question: Question) -> Answer:
    if question.resources is None:
        check(question.expressions)
        return Answer()
    request = {} if question.request is None else question.request
    return Answer(
        verdicts=tuple(hold(question.expressions, {"res": each, "req": request}) for each in question.resources)
    )


if __name__ == "__main__":
    confine(MEMORY)
    serve(answer)
