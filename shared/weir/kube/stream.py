"""Answers that go on: lines as they come, and the events of a watch."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

import aiohttp
import msgspec

from weir.kube.errors import Unreachable, from_answer
from weir.kube.object import Object, decoded, read
from weir.kube.transport import pieces

_LONGEST_LINE = 1 << 26
"""Bytes of a line; no object is near it, but another cluster's API server belongs to a tenant."""


class WatchEvent(NamedTuple):
    """One line of a watch: ADDED, MODIFIED, DELETED or BOOKMARK."""

    type: str
    object: Object


class _Line(msgspec.Struct):
    type: str
    object: msgspec.Raw


_line = msgspec.json.Decoder(_Line)


async def events(answer: aiohttp.ClientResponse) -> AsyncGenerator[WatchEvent, None]:
    """The events of a watch. Raises the error that the server ends it with, and `Undecodable`."""
    async with aclosing(lines(answer)) as found:
        async for line in found:
            event = decoded(_line, line)
            if event.type == "ERROR":
                raise from_answer(0, bytes(event.object))
            yield WatchEvent(event.type, read(bytes(event.object)))


async def lines(answer: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
    """The lines of an answer as they come. Raises `Unreachable`."""
    rest = bytearray()
    async for piece in pieces(answer):
        rest += piece
        if b"\n" in piece:
            *whole, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in whole:
                yield line
        if len(rest) > _LONGEST_LINE:
            raise Unreachable(f"GET {answer.url.path}: a line is longer than {_LONGEST_LINE} bytes")
    if rest:
        yield bytes(rest)
