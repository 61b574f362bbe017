"""The suffix that makes a generated object's name change with its content (`spec/overlays.md` 7.9)."""

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from weir.overlay.errors import BuildError
from weir.overlay.output import plain

if TYPE_CHECKING:
    from weir.overlay.resource import Resource

_DIGITS = str.maketrans("013ae", "ghkmt")
_ENCODER = msgspec.json.Encoder(order="deterministic")


def suffix(body: dict[str, Any]) -> str:
    """Ten characters of the content's SHA-256, spelt so that they form no words."""
    kind = body.get("kind")
    content: Any
    if kind == "ConfigMap":
        content = {**_present(body, "binaryData"), "data": _data(body), "kind": "ConfigMap", "name": ""}
    elif kind == "Secret":
        type_ = plain(body.get("type", ""))
        content = {**_present(body, "stringData"), "data": _data(body), "kind": "Secret", "name": "", "type": type_}
    else:
        content = plain(body)
    return hashlib.sha256(go_json(content)).hexdigest()[:10].translate(_DIGITS)


def rename(resource: "Resource") -> None:
    """Put the suffix behind an object's name. Raises `BuildError`."""
    try:
        end = suffix(resource.body)
    except BuildError as error:
        raise error.at(resource.origin.file, resource.origin.line) from None
    resource.rename(f"{resource.name}-{end}")


def _data(body: dict[str, Any]) -> Any:
    return plain(body["data"]) if "data" in body else ""


def _present(body: dict[str, Any], field: str) -> dict[str, Any]:
    return {field: plain(body[field])} if field in body else {}


def go_json(value: Any) -> bytes:
    """JSON as Go writes it: keys sorted, and what HTML or JavaScript would read escaped."""
    text = _ENCODER.encode(value)
    for raw, escaped in (
        (b"<", b"\\u003c"),
        (b">", b"\\u003e"),
        (b"&", b"\\u0026"),
        ("\u2028".encode(), b"\\u2028"),
        ("\u2029".encode(), b"\\u2029"),
    ):
        if raw in text:
            text = text.replace(raw, escaped)
    return text
