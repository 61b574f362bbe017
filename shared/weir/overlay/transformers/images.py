"""`images`: other names, tags and digests (`spec/overlays.md` 15)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from weir.overlay.errors import BuildError
from weir.overlay.expression import compiled
from weir.overlay.fieldspec import Paths, Specs, apply, paths_of
from weir.overlay.meter import spend
from weir.overlay.resource import Change, Resource
from weir.overlay.values import set_loose
from weir.yaml.nodes import Scalar, is_null, text_of

_LISTS = frozenset(("containers", "initContainers"))
_REST = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?"


class Rule(NamedTuple):
    """One entry, compiled."""

    wanted: str
    expression: Any
    name: str
    tag: str
    digest: str
    suffix: str

    def apply(self, image: str) -> str:
        """The image's new reference; the same when the rule is not about it. Raises `BuildError` for a bad name."""
        if self.expression is None:
            raise BuildError(f"the name {self.wanted} is no regular expression", field="name")
        if not self.expression.search(image):
            return image
        name, tag, digest = parts(image)
        if self.tag and self.digest:
            tag, digest = f":{self.tag}", f"@{self.digest}"
        elif self.tag:
            tag, digest = f":{self.tag}", ""
        elif self.digest:
            tag, digest = "", f"@{self.digest}"
        elif self.suffix:
            tag, digest = f"{tag or ':'}{self.suffix}", ""
        return f"{self.name or name}{tag}{digest}"


def parts(image: str) -> tuple[str, str, str]:
    """Name, `:tag` and `@digest`; what stands before the first slash is never a tag."""
    start = image.find("/") + 1
    at = image.find("@", start)
    end = at if at >= 0 else len(image)
    colon = image.find(":", start, end)
    if colon < 0:
        return image[:end], "", image[end:]
    return image[:colon], image[colon:end], image[end:]


def rule(entry: Mapping[str, str]) -> Rule:
    """An entry as written; a name that is no expression is refused once there is an image."""
    try:
        expression = compiled(rf"^{entry.get('name', '')}{_REST}$")
    except BuildError:
        expression = None
    return Rule(
        entry.get("name", ""),
        expression,
        entry.get("newName", ""),
        entry.get("newTag", ""),
        entry.get("digest", ""),
        entry.get("tagSuffix", ""),
    )


def change(entries: Sequence[Mapping[str, str]], specs: Specs) -> Change:
    """Apply the entries in their order. The change raises `BuildError` for a container that is no map."""
    rules = [rule(entry) for entry in entries]
    paths = paths_of(specs)
    known: dict[tuple[str, int], str] = {}

    def act(resource: Resource) -> None:
        if resource.type.kind != "CustomResourceDefinition":
            for (_, key), (container, times) in _places(resource, paths).items():
                _change(container, key, rules, times, known)

    return act


Places = dict[tuple[int, Any], tuple[Any, int]]
"""Container identity and key -> the container, and how often an entry comes by."""


def _places(resource: Resource, paths: Paths) -> Places:
    found: Places = {}
    _anywhere(resource.body, found, resource)

    def set_(container: Any, key: Any) -> None:
        if type(container[key]) in {dict, list}:
            raise BuildError("expected a plain value")
        times = found.get((id(container), key), (container, 0))[1]
        found[id(container), key] = (container, times + 1)

    apply(resource, paths, set_, "")
    return found


def _anywhere(node: dict[str, Any], found: Places, resource: Resource) -> None:
    """Pass 1: the containers of any list with the right name."""
    for key, value in node.items():
        kind = type(value)
        if kind is dict:
            _anywhere(value, found, resource)
        elif kind is list:
            if key in _LISTS:
                for element in value:
                    _container(element, found, resource)
            _elements(value, found, resource)


def _elements(items: list[Any], found: Places, resource: Resource) -> None:
    for item in items:
        kind = type(item)
        if kind is dict:
            _anywhere(item, found, resource)
        elif kind is list:
            _elements(item, found, resource)


def _container(element: Any, found: Places, resource: Resource) -> None:
    if type(element) is dict:
        if "image" in element:
            found[id(element), "image"] = (element, 1)
    elif not is_null(element):
        text = "a list of containers holds something else than maps"
        raise BuildError(text, file=resource.origin.file, line=resource.origin.line)


def _change(container: Any, key: Any, rules: list[Rule], times: int, known: dict[tuple[str, int], str]) -> None:
    old = container[key]
    if not isinstance(old, str) and (type(old) is not Scalar or is_null(old)):
        return
    before = text_of(old)
    text = known.get((before, times))
    if text is None:
        text = before
        for number, one in enumerate(rules):
            for _ in range(times):
                try:
                    text = one.apply(text)
                except BuildError as error:
                    raise error.inside(f"[{number}]") from None
        known[before, times] = text
    if text != before:
        spend(len(text))
        set_loose(container, key, text)
