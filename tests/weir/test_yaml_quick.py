"""The reader of plain YAML beside libyaml: the same trees, types and lines, or none."""

from random import Random
from typing import Any

import pytest

from weir.yaml.compose import documents
from weir.yaml.dialects import CONFIG, NODES, Dialect
from weir.yaml.quick import Lines, quick_documents

PLAIN_TEXTS = (
    "a: 1\nb:\n- x\n- y: {c: d, e: '5'}\n  z: [1, two]\n---\n# nothing\n---\nk: v w  x\n",
    *("a:\n  b:\n    c: http://x:80/y\n  d:\ne: ''\n", "- a\n", "a: b\n  c\n", "a: b: c\n", "a: x #y\n", "a: |\n  x\n"),
    "a:\n- b: |-\n    x: y\n\n      z\n   \n  c: [d, e=http://f]\n- |\n  k\n--- \n- 1\nd: |-\n\n  x\n\n# c\ne: on\n",
    *("- a: |\n   b\n  c: d\n", "a:\n  b: |\n\n   c\n    d\n   e\n\nf: |-\n g\n", "- op: add\n  value: yes\n"),
    *("true: x\n", "a: 1\na: 2\n", "a:\n- - b\n", "a: {b: {c: d}}\n", "a: [b,]\n", "a: '\n", "a: - b\n", "? a\n"),
)
PIECES = (
    "- ",
    ": ",
    ":",
    "\n",
    "  ",
    "a",
    "#",
    "'",
    '"',
    "{}",
    "[a, b]",
    "{",
    "}",
    ",",
    "---\n",
    "null",
    "|",
    "|-\n",
    " ",
    "\n ",
    "yes",
    "&a ",
    "=",
)


@pytest.mark.parametrize("dialect", [NODES, CONFIG], ids=["nodes", "config"])
def test_the_quick_reader_reads_as_libyaml_or_not_at_all(dialect: Dialect) -> None:
    source = Random(7)
    read = 0
    known = Lines(dialect)
    for _ in range(8000):
        text = source.choice(PLAIN_TEXTS)
        for _ in range(source.randint(0, 3)):
            place = source.randrange(len(text) + 1)
            text = text[:place] + source.choice(PIECES) + text[place + source.choice((0, 0, 1, 3)) :]
        found = quick_documents(text.encode(), known)
        if found is not None:
            read += 1
            assert typed_repr(found) == typed_repr(tuple(documents(text, dialect))), text
    assert read > 300


def typed_repr(node: Any) -> Any:
    """The tree with every value's type, in order."""
    if isinstance(node, dict):
        return [(type(key).__name__, key, typed_repr(value)) for key, value in node.items()]
    if isinstance(node, list | tuple):
        return [type(node).__name__, *map(typed_repr, node)]
    return type(node).__name__, node


def test_a_line_of_blanks_takes_no_time() -> None:
    text = ("a: b" + " " * 200_000 + "!\n" + "a" + " b:" * 100_000).encode()
    assert quick_documents(text, Lines(NODES)) is None
