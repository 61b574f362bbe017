"""Random YAML texts: written from nothing, node by node in every style, or from good ones with a few bytes changed."""
# ruff: noqa: E501  a document is one row

import re
from typing import Any

from hypothesis import strategies as st

Text = st.SearchStrategy[str]
SCALARS = (
    *("x", "0777", "1_000", "0x1F", "0b11", "0o17", "1e3", "1.50", "-0", "+5", "089", ".5", "5.", "1e400", "-1.0e-7"),
    *("~", "null", "Null", "", "true", "False", "yes", "No", "on", "y", "12:30", "2001-01-01", "2001-1-1T1:2:3Z", "<<"),
    *("18446744073709551615", "18446744073709551616", "-9223372036854775809", "1__0", "0_7", "_1", "1_", "=", "a b"),
    *("'5'", '"true"', "'it''s'", '"a\\tb"', "'# no'", '"\\u00e9\\u2028x"', "'a  b '", "''", '"\\x41\\n"', '" "'),
    *("!!str 7", '!!int "3"', "!!float 3", "!!binary aGk=", "!foo x", "!!bool yes", "!!null ''", "! 5", "!!set {a, b}"),
    *(
        *(
            "a: b",
            "a #b",
            "a#b",
            "-x",
            "- x",
            "?x",
            ":x",
            "a::b",
            "@a",
            "`a`",
            "%a",
            "{a",
            "[a",
            "a]",
            "a}",
            "a, b",
            "|",
        ),
        *(">",),
    ),
    *("&k v", "*k", "&k", "*j", "&j {a: b}", "é", "\u2028", "\xa0x", "😀", "a\tb", "\ta", ".inf", ".nan", "-.INF"),
    *(
        "x" * 70 + " yy " + "z" * 30,
        "'" + "long words in a row " * 6 + "'",
        "1" * 25,
        "0." + "3" * 25,
        "123456.5",
        "1e21",
    ),
)
KEYS = (
    *("a", "b", "c1", "c10", "C", "a-b", "a.b/c", "1", "true", "null", "~", "<<", "'5'", '"y"', "y", "é", "? a", ""),
    *("&k q",),
)
BLOCKS = ("|", ">", "|-", ">-", "|+", ">+", "|2", ">1-", "| # c")
LINES = ("x", "", " y", "a: b", "# c", "- d", "\tt", "z ", "long words in a row " * 6, "é", "---x")
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: nNUMBER\n"
scalars = st.sampled_from(SCALARS)
nodes: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        scalars,
        scalars,
        st.tuples(st.sampled_from(BLOCKS), st.lists(st.sampled_from(LINES), max_size=4)),
        st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=6),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=3).map(dict),
        st.tuples(st.just("flow"), inner),
    ),
    max_leaves=8,
)


def flow(node: Any) -> str:
    """The node on one line."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(flow(value) for value in node) + "]"
    if isinstance(node, tuple):
        return flow(node[1]) if node[0] == "flow" else "x"
    return str(node)


def block(node: Any, indent: int) -> str:
    """The node behind its key or dash, lines indented."""
    pad = " " * indent
    if isinstance(node, dict) and node:
        return "\n" + "".join(f"{pad}{key}:{block(value, indent + 2)}" for key, value in node.items())
    if isinstance(node, list) and node:
        return "\n" + "".join(f"{pad}-{block(value, indent + 2)}" for value in node)
    if isinstance(node, tuple) and node[0] != "flow":
        return f" {node[0]}\n" + "".join(f"{pad}{line}\n" for line in node[1])
    return f" {flow(node)}\n"


written: Text = nodes.map(lambda node: f"{HEAD}data:{block(node, 2)}")
"""A ConfigMap whose data is anything."""
values: Text = nodes.map(lambda node: f"- op: add\n  path: /data\n  value:{block(node, 4)}")
"""A JSON patch in YAML, in the dialect of configuration."""

DOCUMENTS = (
    HEAD + "data:\n  a: 'x'\n  b: |\n    line\n     more\n  c: [1, 2.5, {d: e}]\n",
    "# comment\n" + HEAD + "x: &a {k: v, l: [1]}\ny: *a\nz:\n  <<: *a\n  k: w\n---\n" + HEAD.replace("nN", "mN"),
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: nNUMBER, labels: {a: '1'}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: img:1\n        ports:\n        - containerPort: 80\n      - {name: d}\n",
    '{"apiVersion": "v1", "kind": "List", "items": [{"kind": "X", "metadata": {"name": "nNUMBER"}, "n": 1e3}, null]}\n',
    "---\n"
    + HEAD
    + "data: {a: \"b\\tc\", d: 'e''f', g: >-\n  h\n\n  i\n}\n...\n---\n"
    + HEAD.replace("nN", "oN")
    + "# end\n",
)
PATCHES = (
    "- op: add\n  path: /data\n  value: {a: yes, 1: x, b: [on, 0777]}\n- {op: test, path: /data/b/0, value: true}\n",
    '[{"op": "replace", "path": "/kind", "value": "Y"}, {"op": "copy", "from": "/metadata", "path": "/m~1n"}]\n',
    HEAD + "data: {a: null, n: !!str 5}\nx:\n- $patch: replace\n",
)
KUSTOMIZATIONS = (
    "resources: [r.yaml]\nnamePrefix: 'p-'\nlabels:\n- pairs: {a: 'yes', b: \"1\"}\n  includeSelectors: true\n",
    "resources:\n- r.yaml\ncommonAnnotations: &a {x: y}\nconfigMapGenerator:\n- name: gNUMBER\n  literals: [a=b, 'c=d']\n  options: {labels: *a, disableNameSuffixHash: on}\n",
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [r.yaml]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: metadata.name}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.a]\n    options: {create: true}\nreplicas: [{name: x, count: 1}]\n",
)
PIECES = (
    *(
        *(
            "null",
            "[]",
            "{}",
            "5",
            "'x'",
            "- a",
            ": ",
            "\n",
            "  ",
            "*a",
            "&a ",
            "!!int ",
            "<<: ",
            "$patch: delete",
            "{",
        ),
        *("[",),
    ),
    *(
        *("\t", "---\n", "...\n", "true", '"', "'", "#", " # c", "|\n", ">\n", "? ", "]", "}", "\r\n", "\ufeff"),
        *("%YAML 1.1\n",),
    ),
    *("\x00", "\x7f", "\x85", "\u2028", "😀", "- ", "!", "@", "`", "0x", "~", "\\", "name", "é", "key: v\n"),
)


_TOKEN = re.compile(r"\n[ -]*|[\w./-]+| +|.", re.DOTALL)
SPARED = ("apiVersion", "kind", "metadata", "name", "nNUMBER")
"""Words that are mostly left alone: without them there is nothing to compare."""


def edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    """The text with spans of tokens replaced: place, how many, by what."""
    tokens = _TOKEN.findall(text)
    for place, length, piece in edits:
        start = 1 + place % (len(tokens) - 1)
        if tokens[start] not in SPARED or place % 5 == 0:
            tokens[start : start + length] = [piece]
    return "".join(tokens)


def mutated(*texts: str) -> Text:
    """One of the texts with a few edits: mostly a scalar for another one."""
    place = st.sampled_from(range(499))
    other = st.tuples(place, st.just(1), st.one_of(scalars, st.sampled_from(KEYS)))
    piece = st.tuples(place, st.sampled_from((0, 0, 1, 2)), st.sampled_from(PIECES))
    layout = st.tuples(place, st.sampled_from((0, 1)), st.sampled_from(("", " ", "\n", "\n  ", "\n    ", "\n- ")))
    return st.builds(
        edited, st.sampled_from(texts), st.lists(st.one_of(other, other, other, piece, layout), min_size=1, max_size=2)
    )
