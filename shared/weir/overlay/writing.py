"""One value written along a path, into objects and into the texts that they hold (`spec/overlays.md` 17.4 to 17.8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.expression import compiled
from weir.overlay.fieldpath import MissingError, index, is_listed, parts, reach, selection
from weir.overlay.meter import spend, weight
from weir.overlay.values import set_inside
from weir.yaml.nodes import Quoted, Scalar, copy, is_null, text_of
from weir.yaml.scalars import loose

Options = Mapping[str, Any]


class Write:
    """One value being written along a path."""

    def __init__(self, value: Any, options: Options) -> None:
        self.value = value
        self.create = options.get("create", False)
        self.delimiter = options.get("delimiter", "")
        self.index = options.get("index", 0)

    def at(self, body: dict[str, Any], path: str) -> None:
        """Write at every place the path names. Raises `BuildError` when there is none."""
        steps = parts(path)
        if not self._in_text(body, steps):
            self._walk({"": body}, "", steps)

    def _in_text(self, body: dict[str, Any], steps: Sequence[str]) -> bool:
        """Write inside the text that a field holds, if the path goes on there."""
        container: Any = {"": body}
        key: Any = ""
        for place, part in enumerate(steps):
            node = container[key]
            if type(node) not in {dict, list}:
                return self._replaced(container, key, steps[place:])
            found = reach(node, part.strip())
            if found is None:
                return False
            container, key = node, found
        return False

    def _replaced(self, container: Any, key: Any, rest: Sequence[str]) -> bool:
        node = container[key]
        if is_null(node):
            return self._under_null(node)
        from weir.overlay import embedded  # noqa: PLC0415  needs PyYAML, which is slow to import

        text = embedded.replaced(text_of(node), rest, self.value, create=self.create)
        if text is None:
            return False
        spend(len(text))
        set_inside(container, key, text)
        return True

    def _under_null(self, node: Any) -> bool:
        """What is made below a null that is written is lost; below an empty one it is an error (17.8)."""
        return bool(self.create and text_of(node))

    def _walk(self, container: Any, key: Any, rest: Sequence[str]) -> None:
        if not rest:
            self._put(container, key)
            return
        node = container[key]
        part, rest = rest[0], rest[1:]
        if is_listed(part):
            if type(node) is not list:
                raise BuildError(f"there is no list to choose {part} from")
            chosen = selection(part)
            self._each(node, self._elements(node, part, rest), () if chosen and not chosen[0] else rest)
        elif type(node) is not dict:
            raise BuildError(f"there is no map above {part}")
        elif part in node and rest and isinstance(node[part], str):
            self._look(str(node[part]), part, rest)
        else:
            if part not in node:
                self._make(node, part, rest)
            self._walk(node, part, rest)

    def _each(self, node: list[Any], chosen: Sequence[int], rest: Sequence[str]) -> None:
        """Go on in each element chosen: one of them has to have what comes next."""
        missing: list[MissingError] = []
        for place in chosen:
            try:
                self._walk(node, place, rest)
            except MissingError as error:
                missing.append(error)
        if len(missing) == len(chosen):
            raise missing[0]

    def _look(self, text: str, part: str, rest: Sequence[str]) -> None:
        """What is found in a text on the way is a copy: nothing changes."""
        from weir.overlay import embedded  # noqa: PLC0415  needs PyYAML, which is slow to import

        if not embedded.holds(text, rest, self.value, create=self.create):
            raise BuildError(f"the text of {part} holds no map or list")

    def _make(self, node: dict[str, Any], name: str, rest: Sequence[str]) -> None:
        if not self.create:
            raise MissingError(f"there is no field {name}: add it, or set options.create")
        node[name] = self._new(rest)

    def _new(self, rest: Sequence[str]) -> Any:
        if rest:
            return [] if is_listed(rest[0]) and rest[0] != "*" else {}
        return type(self.value)() if type(self.value) in {dict, list} else _CREATED

    def _elements(self, node: list[Any], part: str, rest: Sequence[str]) -> list[int]:
        chosen = selection(part)
        if part == "*":
            found = list(range(len(node)))
        elif chosen is not None:
            found = self._matching(node, *chosen)
        else:
            found = self._indexed(node, index(part), rest)
        if not found:
            raise MissingError(f"no element of the list is {part}")
        return found

    def _matching(self, node: list[Any], key: str, value: str) -> list[int]:
        expression = compiled(value)
        found = []
        for place, item in enumerate(node):
            text = item.get(key) if key and type(item) is dict else item if not key else None
            if isinstance(text, str | Scalar) and expression.search(_written(text)):
                found.append(place)
        if not found and self.create:
            node.append({key: loose(value)} if key else loose(value))
            found = [len(node) - 1]
        return found

    def _indexed(self, node: list[Any], place: int, rest: Sequence[str]) -> list[int]:
        if place == len(node) and self.create:
            node.append(self._new(rest))
        if place >= len(node):
            raise BuildError(f"the list has {len(node)} elements, there is no {place}")
        return [place]

    def _put(self, container: Any, key: Any) -> None:
        old, value = container[key], self.value
        plain = isinstance(value, str | Scalar)
        spend(weight(value))
        if type(old) in {dict, list}:
            if self.delimiter:
                raise BuildError("only a plain value can be split")
            container[key] = copy(value)
        elif old is _CREATED:
            container[key] = loose(self._joined("", text_of(value))) if plain else copy(value)
        else:
            set_inside(container, key, self._joined(text_of(old), text_of(value) if plain else ""))

    def _joined(self, old: str, new: str) -> str:
        if not self.delimiter:
            return new
        spend(len(old))
        pieces = old.split(self.delimiter)
        if self.index < 0:
            pieces.insert(0, new)
        elif self.index >= len(pieces):
            pieces.append(new)
        else:
            pieces[self.index] = new
        return str(self.delimiter).join(pieces)


_CREATED = Scalar("", "created")


def _written(node: Any) -> str:
    """A plain value as it stands in a file."""
    return f'"{node}"' if type(node) is Quoted else text_of(node)
