"""From names to URL paths: a name of a manifest must not lead anywhere else."""

from urllib.parse import quote

from weir.api.base import Kind
from weir.kube.errors import BadRequest


def collection_path(kind: Kind, namespace: str) -> str:
    """The path of a kind's objects. Raises `BadRequest` for a namespace that is none."""
    return kind.path(_segment(kind, namespace)) if namespace else kind.path()


def object_path(kind: Kind, namespace: str, name: str, subresource: str = "") -> str:
    """The path of one object. Raises `BadRequest` for a name that would lead elsewhere; none would mean all objects."""
    if not name:
        raise _bad(f"{kind.plural}: the name is empty")
    return kind.path(_segment(kind, namespace) if namespace else "", _segment(kind, name), subresource)


def _segment(kind: Kind, name: str) -> str:
    """One segment of a path. Rule: k8s.io/apimachinery/pkg/api/validation/path."""
    if name in {".", ".."} or "/" in name or "%" in name:
        raise _bad(f"{kind.plural}: invalid name {name[:253]!r}: it may not be '.' or '..' nor contain '/' or '%'")
    return quote(name, safe=":@!$&'()*+,;=~")


def _bad(message: str) -> BadRequest:
    return BadRequest(400, "BadRequest", message)
