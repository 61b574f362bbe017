"""Strategic merge of a patch into an object, as kustomize does it (`spec/overlays.md` 8.6, 8.7).

The target's nodes are changed in place; the patch's are only read, what is taken from it is copied.
"""

from typing import Any

from weir.overlay.associative import merge_list
from weir.overlay.directives import DIRECTIVE, MISSING, directive
from weir.overlay.errors import BuildError
from weir.overlay.notes import Notes, noted
from weir.overlay.schema import Schema, Schemas
from weir.overlay.values import put
from weir.yaml.nodes import Bare, Quoted, RepeatedKey, Scalar, copy, is_null, text_of
from weir.yaml.scalars import OLD_BOOLEANS


class Merge:
    """One patch being merged. Raises `BuildError` with the field where the patch does not fit."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas

    def whole(self, target: dict[str, Any], patch: dict[str, Any], *notes: Notes | None) -> dict[str, Any] | None:
        """The patched object, None when the patch deletes it. `notes`: those of the object, then of the patch."""
        if DIRECTIVE in patch and directive(patch) == "replace":
            return target
        schema = noted(self.known(target) or self.known(patch), *notes)
        result = self.walk(target, patch, schema)
        return result if type(result) is dict else None

    def known(self, node: Any) -> Schema | None:
        """The schema of an object by its apiVersion and kind."""
        if type(node) is not dict:
            return None
        api_version, kind = node.get("apiVersion"), node.get("kind")
        if not isinstance(api_version, str) or not isinstance(kind, str):
            return None
        return self.schemas.get((str(api_version), str(kind)))

    def walk(self, target: Any, patch: Any, schema: Schema | None, *, itself: bool = False) -> Any:
        """The merged value or MISSING. `itself`: the target is a copy of the patch."""
        if schema is None:
            schema = self.known(target) or self.known(patch)
        kind = _kind(target) or _kind(patch)
        other = _kind(patch)
        if other is not None and kind is not None and other != kind:
            raise BuildError(f"the patch has a {other} where the object has a {kind}")
        if kind == "plain value":
            return _scalar(MISSING if itself else target, patch)
        if kind == "list":
            if schema is not None and schema.merges:
                return merge_list(self, target, patch, schema, itself=itself)
            return _replaced(target, patch)
        return self._map(target, patch, schema, itself=itself)

    def _map(self, target: Any, patch: Any, schema: Schema | None, *, itself: bool) -> Any:
        if type(target) is not dict:
            if patch is MISSING:
                return Scalar(target.text, "null") if type(target) is Scalar and target.text else MISSING
            if type(patch) is not dict or directive(patch) == "delete":
                return MISSING
            target, itself = copy(patch), True
        elif patch is not MISSING and type(patch) is not dict:
            return MISSING
        elif type(patch) is dict and DIRECTIVE in patch:
            wish = directive(patch)
            if itself:
                target.pop(DIRECTIVE, None)
            if wish == "delete":
                return MISSING
            if wish == "replace":
                target, itself = copy(patch), True
        if itself:
            target.pop(DIRECTIVE, None)
        self._children(target, patch if type(patch) is dict else {}, schema, itself=itself)
        return target

    def _children(self, target: dict[str, Any], patch: dict[str, Any], schema: Schema | None, *, itself: bool) -> None:
        for key in (*target, *(key for key in patch if key not in target)):
            if key == DIRECTIVE and key in patch:
                continue
            theirs, ours = target.get(key, MISSING), patch.get(key, MISSING)
            if ours is MISSING and isinstance(theirs, str | Scalar) and not is_null(theirs):
                if type(theirs) is Scalar or theirs in OLD_BOOLEANS:
                    target[key] = _marked(theirs)
                continue
            child = schema.child(key) if schema is not None else None
            try:
                value = self.walk(theirs, ours, child, itself=itself)
            except BuildError as error:
                raise error.inside(key) from None
            if value is MISSING or (is_null(value) and not (ours is MISSING and value is not theirs)):
                target.pop(key, None)
            elif value is not theirs:
                put(target, str(key) if type(key) is RepeatedKey else key, value)


def _kind(node: Any) -> str | None:
    if type(node) is dict:
        return "map"
    if type(node) is list:
        return "list"
    return None if node is MISSING or is_null(node) else "plain value"


def _scalar(target: Any, patch: Any) -> Any:
    if patch is MISSING:
        return _marked(target)
    if is_null(patch):
        return MISSING
    return _marked(patch) if target is MISSING else styled(target, patch)


def _marked(value: Any) -> Any:
    """What one side alone says; there, strings such as `yes` get quotes, which later values keep (1.7).

    So does what has no tag and reads as no string.
    """
    if type(value) is Scalar:
        return value if value.tag else Quoted(value.text)
    return Quoted(value) if type(value) in {str, Bare} and value in OLD_BOOLEANS else value


def styled(target: Any, value: Any) -> Any:
    """The new value of a field; a quoted old value keeps the new one a string (1.7)."""
    if isinstance(target, Quoted):
        return type(target)(text_of(value))
    if isinstance(value, Quoted) and target is not MISSING:
        return str(value)
    return value


def _replaced(target: Any, patch: Any) -> Any:
    if patch is MISSING:
        return target
    return MISSING if is_null(patch) else copy(patch)
