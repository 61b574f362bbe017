"""Schemas in comments: how a list merges, said where it stands (`spec/overlays.md` 8.5).

items: # {"type": "array", "x-kubernetes-patch-merge-key": "id", "x-kubernetes-patch-strategy": "merge"}
- id: a
"""

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from weir.overlay.definitions import Reader
from weir.overlay.schema import Schema
from weir.yaml.errors import YamlError

if TYPE_CHECKING:
    from weir.yaml.parts import Part

_LIKELY = re.compile(rb"#[ \t]*\{[ \t]*\"")


class Notes(NamedTuple):
    """What the comments of an object say: here, and below."""

    own: Schema | None = None
    fields: "dict[str, Notes]" = {}
    element: "Notes | None" = None
    """What those of a list's elements say, all together."""


def likely(text: bytes) -> bool:
    """Whether a text may hold such a comment."""
    return _LIKELY.search(text) is not None


def of_document(text: bytes) -> tuple[int, Notes] | None:
    """The line on which a document begins, from 0, and its notes; None when it has none."""
    if not likely(text):
        return None
    from weir.yaml.parts import parsed  # noqa: PLC0415  needs PyYAML, which is slow to import

    try:
        found = parsed(text.decode())
    except (YamlError, UnicodeDecodeError):
        return None
    notes = _of(found.root) if found else None
    return (found.line, notes) if found and notes else None


def _of(part: "Part") -> Notes | None:
    if part.kind == "list":
        element: Notes | None = None
        for item in part.content:
            element = _both(element, _of(item))
        return Notes(element=element) if element else None
    if part.kind != "map":
        return None
    fields: dict[str, Notes] = {}
    for key, value in zip(part.content[::2], part.content[1::2], strict=True):
        own = _schema(key) or _schema(value)
        below = _of(value)
        if own or below:
            fields[key.text] = (below or Notes())._replace(own=own)
    return Notes(fields=fields) if fields else None


def _schema(part: "Part") -> Schema | None:
    comment = part.line or part.head
    if not comment:
        return None
    try:
        definition: Any = msgspec.json.decode(comment.lstrip("#"))
    except msgspec.DecodeError:
        return None
    return Reader({}).schema(definition, 0) if isinstance(definition, dict) and definition else None


def _both(one: Notes | None, other: Notes | None) -> Notes | None:
    if one is None or other is None:
        return one or other
    fields = {**one.fields}
    for name, notes in other.fields.items():
        fields[name] = _both(fields.get(name), notes) or notes
    return Notes(one.own or other.own, fields, _both(one.element, other.element))


def noted(schema: Schema | None, *notes: Notes | None) -> Schema | None:
    """The schema with what comments say instead; the first that says something counts."""
    for one in reversed(notes):
        if one is not None:
            schema = _over(schema, one)
    return schema


def _over(schema: Schema | None, notes: Notes) -> Schema:
    base = notes.own or schema or Schema()
    fields = {name: _over(base.child(name), below) for name, below in notes.fields.items()}
    element = _over(base.element, notes.element) if notes.element else base.element
    return base._replace(fields={**base.fields, **fields}, element=element)
