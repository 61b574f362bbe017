"""Replacements into random YAML texts: order, styles, anchors and comments come back as the oracle prints them."""

import json
from collections.abc import Callable, Mapping
from random import Random

import pytest
import yaml

K = """resources: [r.yaml]
replacements:
- sourceValue: NEW
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.text.changed]}]
"""
SCALARS = (
    *("1", "x", "'q'", '"d"', "true", "null", "~", "''", "a b", "0777", "'it''s'", '"a\\tb"', "2001-01-01", "!!str 7"),
    *("!x y", "yes", "1.50", "'- x'", "&a v", "a#b", "long words " * 9 + "end", '"n\\nm"', "'a: b'"),
)
TEXTS = ("text", "# no comment", "more text here", "  deeper")


class Text:
    """Random lines of YAML."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def comments(self, indent: int) -> list[str]:
        random = self.random
        if random.random() < 0.75:
            return []
        indent = indent if random.random() < 0.8 else random.choice((0, 2, 4))
        found = [f"{' ' * indent}# c{random.randrange(99)}" for _ in range(random.randint(1, 2))]
        if random.random() < 0.1:
            found.insert(1, "")
        return ["" for _ in range(random.random() < 0.35)] + found + ["" for _ in range(random.random() < 0.4)]

    def end(self) -> str:
        return f" # l{self.random.randrange(99)}" if self.random.random() < 0.15 else ""

    def flow(self, depth: int) -> str:
        random = self.random
        if depth <= 0 or random.random() < 0.5:
            return random.choice(SCALARS)
        items = [self.flow(depth - 1) for _ in range(random.randint(0, 3))]
        if random.random() < 0.5:
            return f"[{', '.join(items)}]"
        return "{" + ", ".join(f"k{place}: {item}" for place, item in enumerate(items)) + "}"

    def lines(self, indent: int, depth: int) -> list[str]:
        """A block: a list or a mapping."""
        if self.random.random() < 0.35:
            return [line for _ in range(self.random.randint(1, 3)) for line in self.entry(indent, depth)]
        return self.mapping(indent, depth)

    def mapping(self, indent: int, depth: int) -> list[str]:
        keys = self.random.sample("abcdefgh", self.random.randint(1, 4))
        return [line for key in keys for line in (*self.comments(indent), *self.pair(indent, depth, key))]

    def entry(self, indent: int, depth: int) -> list[str]:
        dash, kind = " " * indent + "-", self.random.random()
        if kind < 0.4 or depth <= 0:
            return [*self.comments(indent), f"{dash} {self.flow(1)}{self.end()}"]
        inner = self.lines(indent + 2, depth - 1)
        if kind < 0.7 and inner[0].strip() and not inner[0].strip().startswith("#"):
            return [*self.comments(indent), f"{dash} {inner[0].strip()}", *inner[1:]]
        return [*self.comments(indent), f"{dash}{self.end()}", *inner]

    def pair(self, indent: int, depth: int, key: str) -> list[str]:
        random = self.random
        name = " " * indent + random.choice((key, key, f'"{key}"')) + ":"
        kind = random.random()
        if kind < 0.1:
            return [f"{name} [{self.end()}", *self.items(indent + 2), f"{' ' * (indent + 1)}]{self.end()}"]
        if kind < 0.45 or depth <= 0:
            return [f"{name} {self.flow(2)}{self.end()}"]
        if kind < 0.55:
            texts = [random.choice(TEXTS) if random.random() < 0.85 else "" for _ in range(random.randint(0, 2))]
            body = [" " * (indent + 2) + text if text else "" for text in (*texts, "end")]
            return [f"{name} {random.choice(('|', '>', '|-', '>-', '|+'))}{self.end()}", *body]
        if kind < 0.6:
            return [f"{name}{self.end()}"]
        return [
            f"{name}{self.end()}",
            *self.comments(indent + 2),
            *self.lines(indent + random.choice((2, 4)), depth - 1),
        ]

    def items(self, indent: int) -> list[str]:
        count = self.random.randint(0, 3)
        item = " " * indent
        return [line for _ in range(count) for line in (*self.comments(indent), f"{item}{self.flow(0)},{self.end()}")]

    def whole(self) -> str:
        """A text that is YAML and holds what is changed."""
        while True:
            around = [*self.comments(0), f"changed: old{self.end()}", *self.comments(0)]
            rest = self.mapping(0, self.random.randint(0, 3))
            text = "\n".join([*around, *rest] if self.random.random() < 0.5 else [*self.comments(0), *rest, *around])
            try:
                list(yaml.parse(text))
            except yaml.YAMLError:
                continue
            return text + "\n"


@pytest.mark.parametrize("seed", range(4))
def test_random_texts(seed: int, same: Callable[[Mapping[str, str]], None]) -> None:
    text = Text(Random(seed))
    objects = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"n{place}"}, "data": {"text": text.whole()}}
        for place in range(100)
    ]
    same({"kustomization.yaml": K, "r.yaml": "\n---\n".join(map(json.dumps, objects))})
