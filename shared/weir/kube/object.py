"""An object of any kind, as the API server sent it: its metadata decoded, the rest kept as bytes until asked for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self, TypeVar

import msgspec

from weir.api.base import ObjectMeta, Resource
from weir.kube.errors import Undecodable

R = TypeVar("R", bound=Resource)
T = TypeVar("T")


class Key(NamedTuple):
    """Namespace and name of an object; the namespace is empty for cluster-scoped kinds."""

    namespace: str
    name: str

    @classmethod
    def of(cls, metadata: ObjectMeta) -> Self:
        """That of the object with this metadata."""
        return cls(metadata.namespace, metadata.name)

    def __str__(self) -> str:
        """`namespace/name`, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Object(msgspec.Struct, frozen=True, gc=False):
    """Metadata, and the whole object as JSON."""

    api_version: str
    kind: str
    metadata: ObjectMeta
    raw: bytes

    @property
    def key(self) -> Key:
        """Namespace and name."""
        return Key.of(self.metadata)

    def body(self) -> dict[str, Any]:
        """A fresh decode of the whole object; the caller may change it."""
        body: dict[str, Any] = msgspec.json.decode(self.raw)
        # Items of a list leave out what the list says once.
        body.setdefault("apiVersion", self.api_version)
        body.setdefault("kind", self.kind)
        return body

    def decode(self, type_: type[R]) -> R:
        """The object as one of ours. Raises `Undecodable` naming the field that is wrong."""
        try:
            return msgspec.json.decode(self.raw, type=type_)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Undecodable(str(error)) from None


class _Header(msgspec.Struct, rename="camel", gc=False):
    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()


class _ListMeta(msgspec.Struct, rename="camel"):
    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct, rename="camel"):
    """One page of a list, its items not yet decoded."""

    api_version: str = ""
    kind: str = ""
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)
    items: list[msgspec.Raw] | None = None

    def objects(self) -> list[Object]:
        """The items, each with the list's kind where it has none of its own."""
        kind = self.kind.removesuffix("List")
        with _collector_off():
            return [_read(bytes(item), self.api_version, kind) for item in self.items or ()]


_header = msgspec.json.Decoder(_Header)
_page = msgspec.json.Decoder(Page)


def read(raw: bytes) -> Object:
    """An object from its JSON. Raises `Undecodable`."""
    return _read(raw, "", "")


def read_page(raw: bytes) -> Page:
    """One page of a list from its JSON. Raises `Undecodable`."""
    return decoded(_page, raw)


def decoded(decoder: msgspec.json.Decoder[T], raw: bytes) -> T:
    """An answer of the server. Raises `Undecodable`: what answers need not be an API server."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Undecodable(f"the API server's answer cannot be read: {error}") from None


def _read(raw: bytes, api_version: str, kind: str) -> Object:
    header = decoded(_header, raw)
    return Object(header.api_version or api_version, header.kind or kind, header.metadata, raw)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Thousands of new objects at once make the cyclic collector run again and again over what is plainly in use."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
