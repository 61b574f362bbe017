"""One stored object, and one change to it."""

from typing import Any, NamedTuple

import msgspec


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An object as it is stored: its whole JSON, and the few fields that every request asks for."""

    namespace: str
    name: str
    uid: str
    revision: int
    raw: bytes
    labels: dict[str, str]

    def body(self) -> dict[str, Any]:
        """A fresh decode; the caller may change it."""
        body: dict[str, Any] = msgspec.json.decode(self.raw)
        return body


class Event(NamedTuple):
    """A change of one object: `ADDED`, `MODIFIED` or `DELETED`."""

    type: str
    revision: int
    entry: Entry
    """The object after the change; for `DELETED` its last state, at the revision of the deletion."""
    before: Entry | None
    lines: dict[str, bytes]
    """Watch lines made of this event, by representation, so that each is encoded once for all watchers."""


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = "0"
    labels: dict[str, str] | None = None


class _Envelope(msgspec.Struct, gc=False):
    metadata: _Metadata


_READ = msgspec.json.Decoder(_Envelope)


def entry(raw: bytes) -> Entry:
    """Read the index fields of an encoded object; `raw` carries its resource version already."""
    metadata = _READ.decode(raw).metadata
    revision = int(metadata.resource_version)
    return Entry(metadata.namespace, metadata.name, metadata.uid, revision, raw, metadata.labels or {})
