"""Stored objects in the form a client accepts: whole, metadata alone, or as rows of a Table."""

from typing import Any, NamedTuple

import msgspec

from local_cluster.api.conversion import head, seen
from local_cluster.api.errors import ApiError, bad_request
from local_cluster.api.resources import ApiResource
from local_cluster.server.negotiation import Form
from local_cluster.storage.entry import Entry
from local_cluster.tables import Tables
from local_cluster.verbs.listing import Page
from local_cluster.verbs.watching import Shape


class _Parts(msgspec.Struct):
    metadata: msgspec.Raw


_PARTS = msgspec.json.Decoder(_Parts)


_INCLUDED = ("Metadata", "Object", "None")


def _other_form(kind: str, why: str) -> ApiError:
    return ApiError(406, "NotAcceptable", f"you requested {kind}, but the requested object is {why}")


def _go_name(resource: ApiResource, kind: str) -> str:
    if resource.definition is not None:
        return f"*unstructured.Unstructured{'List' if kind == resource.list_kind else ''}"
    return f"*{resource.group.partition('.')[0] or 'core'}.{kind}"


class View(NamedTuple):
    """One form of one resource."""

    resource: ApiResource
    form: Form
    tables: Tables
    include: str = "Metadata"
    """What a table's rows carry of their objects: `None`, `Metadata`, `Object`."""
    headed: bool = True
    """Whether tables have columns: in a watch, only the first."""

    def require_one(self) -> None:
        """Raise 406 when a list was asked for in place of an object."""
        if self.form.kind == "PartialObjectMetadataList":
            raise _other_form(self.form.kind, f"not a list ({_go_name(self.resource, self.resource.kind)})")

    def require_many(self) -> None:
        """Raise 406 when an object was asked for in place of a list; 400 for rows with an unknown part."""
        if self.form.kind == "PartialObjectMetadata":
            raise _other_form(self.form.kind, f"a list ({_go_name(self.resource, self.resource.list_kind)})")
        if self.form.kind == "Table" and self.include not in _INCLUDED:
            text = f"Invalid value: \"{self.include}\": must be 'Metadata', 'Object', 'None', or empty"
            raise bad_request(f"Unable to convert to Table as requested: includeObject: {text}")

    def one(self, raw: bytes) -> bytes:
        """An object that already has the resource's version."""
        if self.form.kind == "Table":
            return self.tables.table(self.resource, [raw], self.include, self.form.version, {}, headed=self.headed)
        if self.form.kind:
            return self._partial(raw)
        return raw

    def page(self, page: Page) -> bytes:
        """A list."""
        metadata: dict[str, Any] = {"resourceVersion": str(page.revision)}
        if page.token:
            metadata["continue"] = page.token
        elif self.resource.definition is not None and not self.form.kind:
            metadata["continue"] = ""
        if page.remaining is not None:
            metadata["remainingItemCount"] = page.remaining
        shown = [seen(self.resource, entry.raw) for entry in page.entries]
        if self.form.kind == "Table":
            return self.tables.table(self.resource, shown, self.include, self.form.version, metadata)
        if self.form.kind:
            kind, version = "PartialObjectMetadataList", f"meta.k8s.io/{self.form.version}"
            return _listed(kind, version, metadata, [self._partial(raw) for raw in shown])
        items = shown if self.resource.definition is not None else [self._bare(raw) for raw in shown]
        return _listed(self.resource.list_kind, self.resource.api_version, metadata, items)

    def shape(self) -> Shape:
        """The form for a watch."""
        name = f"{self.resource.api_version} {self.form.kind}"
        if self.form.kind != "Table":
            return Shape(name, self._event, self._bookmark)
        then = self._replace(headed=False).shape() if self.headed else None
        return Shape(f"{name} {self.include} {self.headed}", self._event, self._bookmark, then)

    def _event(self, entry: Entry) -> bytes:
        return self.one(seen(self.resource, entry.raw))

    def _bookmark(self, revision: str, annotations: dict[str, str]) -> bytes:
        metadata: dict[str, Any] = {"resourceVersion": revision}
        if annotations:
            metadata["annotations"] = annotations
        body = {"kind": self.resource.kind, "apiVersion": self.resource.api_version, "metadata": metadata}
        if self.form.kind == "Table":
            return self.tables.bookmark(self.resource, body, self.form.version, headed=self.headed)
        if self.form.kind:
            body |= {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{self.form.version}"}
        return msgspec.json.encode(body)

    def _partial(self, raw: bytes) -> bytes:
        metadata = bytes(_PARTS.decode(raw).metadata)
        start = f'{{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/{self.form.version}","metadata":'
        return start.encode() + metadata + b"}"

    def _bare(self, raw: bytes) -> bytes:
        """An item of a built-in's list: kind and version stand on the list alone."""
        start = head(self.resource)
        return b"{" + raw[len(start) :] if raw.startswith(start) else raw


def _listed(kind: str, api_version: str, metadata: dict[str, Any], items: list[bytes]) -> bytes:
    start = {"kind": kind, "apiVersion": api_version, "metadata": metadata}
    return msgspec.json.encode(start)[:-1] + b',"items":[' + b",".join(items) + b"]}"
