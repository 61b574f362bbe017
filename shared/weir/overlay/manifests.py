"""Documents to resources: what counts as an object, and lists (`spec/overlays.md` 4.6, 4.7)."""

from typing import Any

from weir.overlay.documents import File
from weir.overlay.errors import BuildError
from weir.overlay.resource import Form, Origin, Resource
from weir.yaml.nodes import Document, Scalar, is_null, text_of


def resources(read: File, file: str, *, remote: str = "") -> list[Resource]:
    """The objects of a file. Raises `BuildError`."""
    if read.forms is not None:
        return _noted([_formed(form, Origin(file, line, remote)) for form, line in read.forms], read)
    found: list[Resource] = []
    for body, line in _objects(read.documents, file):
        check(body, file, line)
        found.append(Resource(body, Origin(file, line, remote)))
    if read.shared:
        read.forms = [(resource.share(), resource.origin.line) for resource in found]
    return _noted(found, read)


def _noted(found: list[Resource], read: File) -> list[Resource]:
    if read.notes:
        for resource in found:
            resource.notes = read.notes.get(resource.origin.line)
    return found


def _formed(form: Form, origin: Origin) -> Resource:
    resource = Resource(form.body, origin)
    resource.become(form)
    return resource


def _objects(documents: tuple[Document, ...], file: str) -> list[tuple[dict[str, Any], int]]:
    """Lists taken apart: a lone one in place, others at the end of the file."""
    queue = [(document.value, document.line) for document in documents if not _is_nothing(document.value)]
    if len(queue) == 1:
        body, line = queue[0]
        if type(body) is dict and _kind(body) in {"List", "ResourceList"} and "items" in body:
            queue = [(item, line) for item in _items(body, file, line)]
    found: list[tuple[dict[str, Any], int]] = []
    place = 0
    while place < len(queue):
        body, line = queue[place]
        place += 1
        if type(body) is not dict:
            raise BuildError("a document must be a map with kind and metadata.name", file=file, line=line)
        if _kind(body).endswith("List") and "items" in body:
            queue.extend((item, line) for item in _items(body, file, line))
        else:
            found.append((body, line))
    return found


def _is_nothing(node: Any) -> bool:
    return is_null(node) or node in ({}, [])


def _items(body: dict[str, Any], file: str, line: int) -> list[Any]:
    items = body["items"]
    if is_null(items):
        return []
    if type(items) is not list:
        raise BuildError("must be a list of objects", file=file, line=line, field=f"{_kind(body)}.items")
    return [item for item in items if not is_null(item)]


def check(body: dict[str, Any], file: str, line: int) -> None:
    """Refuse a body without kind or name."""
    kind = body.get("kind")
    metadata = body.get("metadata")
    if isinstance(kind, str) and kind and type(metadata) is dict:
        name = metadata.get("name")
        if isinstance(name, str) and name:
            return
    if not _given(kind):
        if not _given(body.get("apiVersion")) and type(metadata) is not dict:
            text = "no Kubernetes object: apiVersion, kind and metadata are missing"
        else:
            text = "the object has no kind"
        raise BuildError(text, file=file, line=line, field="kind")
    if _kind(body).endswith("List"):
        return
    if type(metadata) is not dict or not _given(metadata.get("name")):
        raise BuildError(f"the {_kind(body)} has no name", file=file, line=line, field="metadata.name")


def _given(node: Any) -> bool:
    return isinstance(node, str | Scalar) and not is_null(node) and text_of(node) != ""


def _kind(body: dict[str, Any]) -> str:
    kind = body.get("kind")
    return text_of(kind) if isinstance(kind, str | Scalar) else ""
