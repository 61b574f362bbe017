"""What a document is made of while it is being changed.

A mapping is a dict, a sequence a list. A plain scalar that reads as a string is a `str`, one that was quoted or a block
is `Quoted`, anything else a `Scalar` that keeps its text: kustomize decides by text and style, not by value. Scalars
are shared between documents and never changed.
"""

from typing import Any, NamedTuple, Self

Node = Any
"""dict[str, Node] | list[Node] | str | Scalar."""


class Document(NamedTuple):
    """A document and the line where its content begins, from 1."""

    value: Node
    line: int


class Quoted(str):
    """A string written in quotes or as a block."""

    __slots__ = ()


class Folded(Quoted):
    """A string written as a folded block, which does not come out as it went in (`folding.py`)."""

    __slots__ = ()


class Bare(str):
    """A plain string whose node has no tag: another text in its place is what that reads as."""

    __slots__ = ()


class Scalar(NamedTuple):
    """A scalar that is no string: its text and its tag (`null bool int float timestamp binary`).

    Without a tag it is what it reads as, and a merge that passes by makes it a string.
    """

    text: str
    tag: str


class OddKey(str):
    """A mapping key that reads as something else than a string: kustomize fails when it prints it."""

    __slots__ = ()


class RepeatedKey(str):
    """A mapping key that was there twice: an error once it is printed. The first value counts."""

    __slots__ = ("first", "line")

    first: int
    line: int

    def __new__(cls, text: str, first: int, line: int) -> Self:
        """The key `text`, seen at line `first` and again at `line`."""
        key = super().__new__(cls, text)
        key.first = first
        key.line = line
        return key


def copy(node: Node) -> Node:
    """The same tree with mappings and sequences of its own; scalars are shared."""
    if type(node) is dict:
        return _copy(node)
    return [copy(value) for value in node] if type(node) is list else node


def _copy(node: dict[str, Node]) -> dict[str, Node]:
    result = node.copy()
    for key, value in result.items():
        kind = type(value)
        if kind is dict:
            result[key] = _copy(value)
        elif kind is list:
            result[key] = [_copy(item) if type(item) is dict else copy(item) for item in value]
    return result


def size(node: Node, limit: int) -> int:
    """How many nodes the tree holds, 64 characters of text as one; counting stops beyond the limit."""
    total, stack = 0, [node]
    while stack and total <= limit:
        item = stack.pop()
        total += 1
        if isinstance(item, str):
            total += len(item) >> 6
        elif type(item) is dict:
            stack.extend(item.values())
        elif type(item) is list:
            stack.extend(item)
    return total


def text_of(node: Node) -> str:
    """The text of a scalar as it stood in the file."""
    return node.text if type(node) is Scalar else str.__str__(node)


def is_null(node: Node) -> bool:
    """Whether the node is a null scalar."""
    return type(node) is Scalar and node.tag in _NULLS


_NULLS = frozenset(("null", "void"))
NULL = Scalar("null", "null")
VOID = Scalar("", "void")
"""A missing value of a flow mapping: null to transformers, printed as an empty string."""
