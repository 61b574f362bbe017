"""What goes back to a client."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import msgspec

from local_cluster.api.errors import ApiError
from local_cluster.server.negotiation import JSON, YAML
from weir import yaml


class Answer(NamedTuple):
    """A whole answer."""

    body: bytes
    code: int = 200
    media: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


class Stream(NamedTuple):
    """An answer that goes on: chunks are sent as they come."""

    chunks: AsyncIterator[bytes]
    media: str = JSON
    close: Callable[[], None] = lambda: None
    """Called when the client is gone or the chunks are over."""


def plain(text: str, code: int = 200) -> Answer:
    """Text."""
    return Answer(text.encode(), code, "text/plain; charset=utf-8")


def document(body: Any, code: int = 200, media: str = JSON) -> Answer:
    """A JSON document, or YAML when the client wants that."""
    return raw(msgspec.json.encode(body), code, media)


def raw(body: bytes, code: int = 200, media: str = JSON) -> Answer:
    """An encoded JSON document."""
    if media == YAML:
        body = yaml.dump(msgspec.json.decode(body)).encode()
    return Answer(body, code, media)


def refusal(error: ApiError) -> Answer:
    """A Status."""
    body = msgspec.json.encode(error.status())
    return with_warnings(Answer(body, error.code, JSON, tuple(error.headers.items())), error.warnings)


def with_warnings(answer: Answer, warnings: list[str]) -> Answer:
    """The answer with a Warning header for each text (RFC 7234, code 299)."""
    if not warnings:
        return answer
    added = tuple(("Warning", f'299 - "{_escaped(text)}"') for text in warnings)
    return answer._replace(headers=(*answer.headers, *added))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
