"""ConfigMaps and Secrets from literals, files and environment files (`spec/overlays.md` 7)."""

import binascii
import posixpath
from collections.abc import Iterable
from typing import Any

import msgspec

from weir.overlay.documents import CACHE, digest
from weir.overlay.errors import BuildError
from weir.overlay.objects import Objects
from weir.overlay.provenance import ORIGIN
from weir.overlay.resource import Generated, Origin, Resource
from weir.overlay.site import Site
from weir.overlay.values import own_key, texts
from weir.yaml.nodes import Quoted, Scalar, is_null, text_of
from weir.yaml.scalars import tag_of

_LINE = 70
_TRUE = Scalar("true", "bool")


def generate(kind: str, entry: dict[str, Any], shared: dict[str, Any], site: Site, origin: Origin) -> Resource:
    """The object of one generator entry, kept for later builds. Raises `BuildError` with the field."""
    key = _key(kind, entry, shared, site)
    known = CACHE.get(key) if key is not None else None
    if known is None:
        resource = _made(kind, entry, shared, site, origin)
        if key is not None:
            CACHE.put(key, 1024, (resource.share(), resource.generated))
        return resource
    form, generated = known
    resource = Resource(form.body, origin)
    resource.become(form)
    resource.generated = generated
    return resource


def _key(kind: str, entry: dict[str, Any], shared: dict[str, Any], site: Site) -> tuple[bytes, str] | None:
    """What a generated object is known by; one made of files is not kept, they may be large or secret."""
    if entry.get("files") or entry.get("envs") or site.options.uncached:
        return None
    return digest(msgspec.json.encode((entry, shared))), kind


def _made(kind: str, entry: dict[str, Any], shared: dict[str, Any], site: Site, origin: Origin) -> Resource:
    name = entry.get("name", "")
    if not name:
        raise BuildError(f"a generated {kind} must have a name", field="name")
    options = _options(entry.get("options", {}), shared)
    metadata: dict[str, Any] = {"name": name}
    if entry.get("namespace"):
        metadata["namespace"] = entry["namespace"]
    for field in ("labels", "annotations"):
        if options[field]:
            metadata[field] = {own_key(key): value for key, value in options[field].items()}
    body: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    pairs = _pairs(entry, site)
    if kind == "Secret":
        body["type"] = entry.get("type") or "Opaque"
        body["data"] = {own_key(key): _encoded(value) for key, value in pairs.items()}
    else:
        _fill(body, pairs)
    if options["immutable"]:
        body["immutable"] = _TRUE
    resource = Resource(body, origin)
    hashed = not options["disableNameSuffixHash"]
    resource.generated = Generated(entry.get("behavior", ""), hashed)
    resource.hashed = hashed
    return resource


def _options(own: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    return {
        **{field: {**shared.get(field, {}), **own.get(field, {})} for field in ("labels", "annotations")},
        **{
            field: own.get(field, False) or shared.get(field, False) for field in ("disableNameSuffixHash", "immutable")
        },
    }


def _fill(body: dict[str, Any], pairs: dict[str, bytes]) -> None:
    for key, value in pairs.items():
        try:
            text = value.decode()
        except UnicodeDecodeError:
            body.setdefault("binaryData", {})[own_key(key)] = _encoded(value)
        else:
            body.setdefault("data", {})[own_key(key)] = _node(text)


def _node(text: str) -> str:
    """A value as it would be written: in quotes where it needs them, the empty one excepted."""
    return Quoted(text) if text and (tag_of(text) != "str" or "\n" in text) else text


def _encoded(value: bytes) -> str:
    text = binascii.b2a_base64(value, newline=False).decode()
    if len(text) < _LINE:
        return _node(text)
    return Quoted("".join(text[start : start + _LINE] + "\n" for start in range(0, len(text), _LINE)))


def _pairs(entry: dict[str, Any], site: Site) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for field, read in (("envs", _env), ("literals", _literal), ("files", _file)):
        for place, source in enumerate(entry.get(field, ())):
            try:
                _take(found, read(source, site))
            except BuildError as error:
                raise BuildError(error.message, field=f"{field}[{place}]") from None
    return found


def _take(found: dict[str, bytes], pairs: Iterable[tuple[str, bytes]]) -> None:
    for key, value in pairs:
        if key in found:
            raise BuildError(f"the key {key} is there twice")
        found[key] = value


def _literal(source: str, site: Site) -> Iterable[tuple[str, bytes]]:  # noqa: ARG001  the table's signature
    key, sign, value = source.partition("=")
    if not sign or not key:
        raise BuildError("is no literal: write key=value")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    yield key, value.encode(errors="surrogatepass")


def _file(source: str, site: Site) -> Iterable[tuple[str, bytes]]:
    if source.count("=") > 1:
        raise BuildError("has more than one =: key and file name may hold none")
    key, sign, name = source.partition("=")
    if not sign:
        key, name = posixpath.basename(posixpath.normpath(source)), source
    if not key:
        raise BuildError("has no key before the =")
    if not name:
        raise BuildError(f"has no file after {key}=")
    yield key, site.content(name)[1]


def _env(source: str, site: Site) -> Iterable[tuple[str, bytes]]:
    path, data = site.content(source)
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            text = line.removesuffix(b"\r").decode().lstrip()
        except UnicodeDecodeError:
            raise BuildError(f"line {number} of {path} is not UTF-8") from None
        key, _, value = text.partition("=")
        if text and not text.startswith("#") and key:
            yield key, value.encode()


def absorb(objects: Objects, new: Resource) -> None:
    """Add what was generated, by its behavior (7.7, 7.8). Raises `BuildError`."""
    behavior = new.generated.behavior if new.generated else ""
    found = objects.known_as(new.id)
    if len(found) > 1:
        raise BuildError(f"{len(found)} objects are or were called {new.id}: cannot tell which one to {behavior}")
    if not found:
        if behavior in {"merge", "replace"}:
            raise BuildError(f"there is no {new.id} to {behavior}", field="behavior")
        objects.add(new)
        return
    old = found[0]
    if behavior not in {"merge", "replace"}:
        raise BuildError(f"{new.id} exists: behavior must be merge or replace", field="behavior")
    _inherit(old, new)
    if behavior == "merge":
        _merge_data(old.body, new.body)
        new.origin = old.origin
        _keep_origin(old, new)
    objects.replace(old, new)


def _inherit(old: Resource, new: Resource) -> None:
    new.own()
    metadata = new.metadata
    for field in ("name", "namespace"):
        metadata.pop(field, None)
        if field in old.metadata:
            metadata[field] = old.metadata[field]
    for field in ("labels", "annotations"):
        mine, theirs = metadata.get(field), old.metadata.get(field)
        both = {**(texts(theirs) if type(theirs) is dict else {}), **(mine or {})}
        if both:
            metadata[field] = both
    new.formers = old.formers
    new.linked = new.linked or old.linked
    new.prefixes, new.suffixes = old.prefixes, old.suffixes
    new.hashed = new.hashed and old.hashed


def _keep_origin(old: Resource, new: Resource) -> None:
    """What is merged into comes from where it came from."""
    known, mine = old.metadata.get("annotations"), new.metadata.get("annotations")
    if type(known) is dict and ORIGIN in known and type(mine) is dict:
        mine[ORIGIN] = known[ORIGIN]


def _merge_data(old: dict[str, Any], new: dict[str, Any]) -> None:
    for field in ("data", "binaryData"):
        theirs, mine = old.get(field), new.get(field)
        if type(theirs) is dict and theirs:
            new[field] = {**{own_key(key): _node(_text(value)) for key, value in theirs.items()}, **(mine or {})}


def _text(node: Any) -> str:
    """A value of data as text, whatever it was."""
    return text_of(node) if isinstance(node, str | Scalar) and not is_null(node) else ""
