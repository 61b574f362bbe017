"""Replacements: paths, values, and the YAML and JSON texts that fields hold (`spec/overlays.md` 17)."""
# ruff: noqa: E501  a case is one row

import textwrap
from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CREATE = "options: {create: true}"
OTHER = "source: {kind: Bar, fieldPath: spec.v}"


def rep(path: str, data: str, options: str = "", source: str = "sourceValue: NEW", more: str = "") -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\nreplacements:\n- {source}\n  targets:\n  - select: {{kind: Foo}}\n    fieldPaths: ['{path}']\n    {options}\n",
        "r.yaml": f"apiVersion: v1\nkind: Foo\nmetadata: {{name: x}}\n{data}\n{more}",
    }


def bar(value: str) -> str:
    return f"---\napiVersion: v1\nkind: Bar\nmetadata: {{name: y}}\nspec: {{v: {value}}}\n"


def emb(text: str, path: str = "a.b", options: str = "", value: str = "NEW") -> dict[str, str]:
    source = f"sourceValue: '{value}'"
    return rep(f"data.c.{path}", "data:\n  c: |\n" + textwrap.indent(text, "    "), options, source)


PATHS = {
    "making a field below an empty value is refused": rep("spec.a.b", "spec:\n  a:\n", CREATE),
    "what is made below a tilde is lost": rep("spec.a.b", "spec:\n  a: ~\n", CREATE),
    "what is made below a null is lost": rep("spec.a.b", "spec:\n  a: null\n", CREATE),
    "a null that may be made keeps its type": rep("spec.a", "spec:\n  a: null\n", CREATE),
    "a null keeps its type": rep("spec.a", "spec:\n  a: null\n"),
    "an empty value keeps its type": rep("spec.a", "spec:\n  a:\n"),
    "a number is no key of a map": rep("spec.80", "spec: {'80': x}"),
    "a number makes no key of a map": rep("spec.80", "spec: {}", CREATE),
    "a map has no elements by number": rep("spec.0", "spec: {a: x}"),
    "a map has no elements by star": rep("spec.*", "spec: {a: x}"),
    "a star makes nothing": rep("spec.a.*", "spec: {}", CREATE),
    "a star needs elements": rep("spec.a.*", "spec: {a: []}", CREATE),
    "a choice sees quotes": rep("spec.a.[name=^c$].v", "spec: {a: [{name: 'c', v: 1}]}".replace("'", '"')),
    "a choice by a whole text": rep("spec.a.[name=^c$].v", "spec: {a: [{name: c, v: q}]}"),
    "a choice by a quote": rep('spec.a.[name=c"].v', 'spec: {a: [{name: "c", v: q}]}'),
    "a choice among plain values": rep("spec.a.[=^c]", "spec: {a: [c1, b, c2]}"),
    "what follows a choice among plain values is lost": rep("spec.a.[=^c].q", "spec: {a: [c1, b, c2]}"),
    "a choice makes a plain value": rep("spec.a.[=z]", "spec: {a: [c1]}", CREATE),
    "a choice makes an element": rep("spec.a.[name=z].q", "spec: {a: [{name: c}]}", CREATE),
    "a choice makes a list": rep("spec.a.[name=z].q.r", "spec: {}", CREATE),
    "a choice needs a list": rep("spec.a.[name=z].q", "spec: {a: {name: z}}", CREATE),
    "a choice that is no expression is refused": rep("spec.a.[name=(].q", "spec: {a: [{name: z}]}"),
    "a choice that is no expression among nothing": rep("spec.a.[name=(].q", "spec: {a: []}"),
    "the next number makes an element": rep("spec.a.1.q", "spec: {a: [{name: c}]}", CREATE),
    "a number behind the next is refused": rep("spec.a.3.q", "spec: {a: [{name: c}]}", CREATE),
    "a number makes a list": rep("spec.a.0", "spec: {}", CREATE),
    "JSON whose value would have another type stays": rep("spec.c.a", "spec: {c: '{\"a\": 1}'}"),
    "JSON on a line": rep("spec.c.a", 'spec: {c: \'{"a": "x", "b": 1.0, "c": 1e3, "z": null}\'}'),
    "JSON with indentation": rep("spec.c.a", 'spec:\n  c: |\n    {\n      "b": [1, 2],\n      "a": "x"\n    }\n'),
    "a list of JSON": rep("spec.c.0", 'spec: {c: \'["a", "b"]\'}'),
    "JSON with angle brackets": rep("spec.c.a", 'spec: {c: \'{"a": "x", "b": "<&>"}\'}'),
    "a delimiter does not count in a text": rep(
        "spec.c.a", 'spec: {c: \'{"a": "x-y"}\'}', "options: {delimiter: '-', index: 1}"
    ),
    "a field is made in JSON": rep("spec.c.q.r", 'spec: {c: \'{"a": "x-y"}\'}', CREATE),
    "each element of JSON": rep("spec.c.*.n", 'spec: {c: \'[{"n": "x"}, {"n": "y"}]\'}'),
    "flow YAML comes back as JSON": rep("spec.c.a", "spec: {c: '{a: x, b: [1,2]}'}"),
    "JSON with a comment": rep("spec.c.a", 'spec: {c: \'{"a": "x"} # c\'}'),
    "JSON with a repeated key stays": rep("spec.c.a", 'spec: {c: \'{"a": "x", "a": "y"}\'}'),
    "JSON with a number as key stays": rep("spec.c.a", "spec: {c: '{a: x, 1: y}'}"),
    "a date in JSON": rep("spec.c.a", "spec: {c: '{a: x, b: 2001-01-01}'}"),
    "a star does not lead into texts": rep("spec.l.*.a", "spec: {l: ['a: 1', 'a: 2']}"),
    "a number leads into a text": rep("spec.l.1.a", "spec: {l: ['a: x', 'a: y']}"),
    "a dash leads into the last text": rep("spec.l.-.a", "spec: {l: ['a: x', 'a: y']}"),
    "a choice leads into the text of exactly that": rep(
        "spec.l.[name=b].c.a", "spec: {l: [{name: b2, c: 'a: x'}, {name: b, c: 'a: y'}]}"
    ),
    "a number over a map of a text": rep("spec.c.a", "spec: {c: 'a: {q: 1}'}", "", OTHER, bar("5")),
    "a map into a plain value of a text": rep("spec.c.a", "spec: {c: 'a: x'}", "", OTHER, bar("{z: 1}")),
    "a number into a field of text": rep("spec.c", "spec: {c: x}", "", OTHER, bar("5")),
    "a made field takes the type of its text": rep("spec.c", "spec: {}", CREATE, OTHER, bar("'true'")),
    "a number is no text to look into": rep("spec.c.d", "spec: {c: 5}"),
    "several lines into a text": rep("spec.c.a", "spec: {c: 'a: x'}", "", OTHER, bar('"l1\\nl2\\n"')),
    "several lines made in a text": rep("spec.c.b", "spec: {c: 'a: x'}", CREATE, OTHER, bar('"l1\\nl2\\n"')),
    "several lines into quotes of a text": rep("spec.c.a", "spec: {c: 'a: \"x\"'}", "", OTHER, bar('"l1\\nl2\\n"')),
    "a tab into a text": rep("spec.c.a", "spec: {c: 'a: x'}", "", OTHER, bar('"a\\tb: c # d"')),
    "a dash into a text": rep("spec.c.a", "spec: {c: 'a: x'}", "", OTHER, bar('"- x"')),
    "a comma into flow YAML": rep(
        "spec.c.a", "spec: {c: '[{a: x}]'}".replace("[{a: x}]", "{a: x, b: [q]}"), "", OTHER, bar('"a:b,c"')
    ),
    "nothing into a text": rep("spec.c.a", "spec: {c: 'a: x'}", "", OTHER, bar("''")),
    "a block with comments around": rep(
        "spec.c.a", "spec:\n  c: |\n    a: |\n      one\n\n      two # no\n    # keep\n    b: 'x' # why\n"
    ),
    "into a name": rep("metadata.name", "spec: {}"),
    "behind the last piece": rep("spec.c", "spec: {c: a-b-c}", "options: {delimiter: '-', index: 9}"),
    "before the first piece": rep("spec.c", "spec: {c: a-b-c}", "options: {delimiter: '-', index: -1}"),
    "a list has no pieces": rep("spec.c", "spec: {c: [a]}", "options: {delimiter: '-', index: 1}"),
    "an escaped dot": rep("spec.a\\.b", "spec: {a.b: x}"),
    "a key in brackets": rep("spec.[a.b/c]", "spec: {a.b/c: x}"),
    "an empty part is refused": rep("spec..a", "spec: {a: x}"),
    "a part with a blank is refused": rep("spec. a", "spec: {a: x}"),
    "a text in a text stays": rep("spec.c.a.b", "spec:\n  c: |\n    a: |\n      b: x\n"),
    "a text in JSON stays": rep("spec.c.a.b", 'spec: {c: \'{"a": "{b: x}"}\'}'),
    "a text in a text in a text stays": rep("spec.c.a.b.d", "spec:\n  c: |\n    a: |\n      b: |\n        d: x\n"),
    "a field missing in a text in a text": rep("spec.c.a.z", "spec:\n  c: |\n    a: |\n      b: x\n"),
    "what is made in a text in a text is lost": rep("spec.c.a.z", "spec:\n  c: |\n    a: |\n      b: x\n", CREATE),
    "a quoted text in a text stays": rep("spec.c.a.b", "spec:\n  c: |\n    a: 'b: x'\n"),
    "a list as text in a text stays": rep("spec.c.a.0", "spec:\n  c: |\n    a: '[x]'\n"),
    "a list as a key of a text": rep("spec.c.a", "spec: {c: 'a: x\n\n    ? [b]\n\n    : c'}"),
    "a star and a text that lacks the field": rep("spec.l.*.b", "spec: {l: ['a: 1', 'a: 2']}"),
    "a star with a text below stays": rep("spec.l.*.b.c", "spec: {l: [{b: 'c: x'}]}"),
    "a choice of more than that with a text below stays": rep(
        "spec.l.[name=x].b.c", "spec: {l: [{name: x1, b: 'c: x'}]}"
    ),
}
TEXTS = {
    "a field of a text": emb("a:\n  b: 1\n  c: 2\n"),
    "the order of a text stays": emb("z: 1\na:\n  b: 1\n  c: 2\n"),
    "indentation becomes two blanks": emb(
        "z: 1\na:\n    b: 1\n    c:\n        - 1\n        -  x: 1\n           y: 2\n"
    ),
    "comments of a text stay": emb(
        "# head\n\n# second\nz: 1 # line\n# before a\na: # on a\n  # before b\n  b: 1 # on b\n  # after b\n\n  # later\n  c: 2\n\n# foot\n"
    ),
    "quotes of a text stay": emb('a:\n  b: "1"\n  c: \'x\'\n  d: "it\'s"\n'),
    "single quotes around what changes": emb("a:\n  b: '1'\n"),
    "flow collections stay": emb("a: {b: 1, c: [1, 2, {x: y}]}\nd: []\ne: {}\n"),
    "an alias is replaced": emb("x: &q {n: 1}\na:\n  b: *q\n  c: *q\n", "a.c"),
    "anchors stay": emb("x: &q {n: 1}\na:\n  b: 1\n  c: *q\n"),
    "blocks stay": emb("a:\n  b: 1\n  l: |\n    one\n    two\n  f: >-\n    folded text\n    more\n\n    para\n"),
    "an element of a list": emb("a:\n- b: 1\n- b: 2\n", "a.0.b"),
    "all elements of a list": emb("a:\n- b: 1\n- b: 2\n", "a.*.b"),
    "a field that a text lacks is refused": emb("a:\n  c: 1\n"),
    "a field is made in a text": emb("a:\n  c: 1\n", "a.b", "options: {create: true}"),
    "a map is made in a text": emb("a:\n  c: 1\n", "q.b", "options: {create: true}"),
    "a sentence is no map": emb("hello world\n"),
    "nothing is made in a sentence": emb("hello world\n", "a.b", "options: {create: true}"),
    "only the first document stays": emb("a: {b: 1}\n---\na: {b: 2}\n"),
    "a document's mark goes": emb("---\na: {b: 1}\n"),
    "long lines stay": emb("a:\n  b: 1\n  c: " + "word " * 40 + '\n  d: "' + "word " * 40 + '"\n'),
    "a null in a text keeps its type": emb("a:\n  b:\n  c: ~\n"),
    "a number over a number": emb("a:\n  b: 1\n", "a.b", "", "7"),
    "a word of another type over a string": emb("a:\n  b: x\n", "a.b", "", "true"),
    "tags stay": emb("a:\n  b: !!str 1\n  c: !foo x\n  d: !!map {}\n"),
    "an empty text is refused": emb("\n"),
    "a list as text": emb("- a: {b: 1}\n", "0.a.b"),
    "malformed YAML is refused": emb("a: b: c\n"),
    "a delimiter does not count": emb("a:\n  b: x-y-z\n", "a.b", "options: {delimiter: '-', index: 1}"),
    "a text in a text is left alone": emb("a: |\n  b: 1\n"),
    "a repeated key: the first": emb("a: {b: 1}\na: {b: 2}\n"),
    "empty lines go": emb("z: 1\n\n\na:\n  b: 1\n\n  c: 1\n"),
    "empty lines at the end go": emb("a:\n  b: 1\n\n\n", "a.b"),
    "a plain value in a text has no fields": emb("a: hello\n"),
    "a plain value beside a map has no fields": emb("a: hello\nq: {z: 1}\n"),
    "nothing is made below a plain value": emb("a: hello\n", "a.b", "options: {create: true}"),
    "a string in JSON has no fields": emb('{"a": "hello"}'),
    "a null in a text has no fields": emb("a:\n"),
    "a JSON string has no fields": emb('"hello"'),
    "a list in a text has no fields": emb("a: [1, 2]", "a.b"),
    "a number behind the end of a list in a text": emb("a: [1, 2]", "a.5"),
    "a number in a list in a text": emb("a: [1, 2]", "a.1"),
    "a list of maps has no fields": emb("a: [{name: q}]", "a.q"),
    "a string over a map": emb("a: {b: {c: 1}}"),
    "a list is made in a text": emb("a: {}", "a.q.0.z", "options: {create: true}"),
    "a dash is no element to write to": emb("a: [1, 2]", "a.-"),
}

SELF = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: one, y: 'a: b', t: 'q: r'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {x: two, t: 'q: s'}\n"


def own(source: str, paths: str, options: str = "create: true") -> dict[str, str]:
    """A source that is a target too."""
    rest = f"targets: [{{select: {{kind: ConfigMap}}, fieldPaths: {paths}, options: {{{options}}}}}]"
    fields = f"replacements: [{{source: {{kind: ConfigMap, name: a, {source}}}, {rest}}}]"
    return {K: f"resources: [r.yaml]\n{fields}\n", "r.yaml": SELF}


OWN = {
    "the source is a target of its own": own(
        "fieldPath: data.x", "[data.x, data.z]", "create: true, delimiter: '-', index: 5"
    ),
    "the source changes on the way": own("fieldPath: data.y", "[data.y.a, data.z]"),
    "the source of a text that holds it": own("fieldPath: data.t", "[data.t.q]"),
    "the source is named": own("", "[metadata.name, data.n]", "create: true, delimiter: '-', index: 5"),
    "a map copied into itself": own("fieldPath: data", "[data.x]"),
    "a map copied below itself": own("fieldPath: data", "[data.m]"),
    "pieces of a source that changes": own("fieldPath: data.x, options: {delimiter: n, index: 0}", "[data.x, data.z]"),
}


@pytest.mark.parametrize("case", OWN)
def test_sources_that_change(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(OWN[case])


@pytest.mark.parametrize("case", PATHS)
def test_paths(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(PATHS[case])


@pytest.mark.parametrize("case", TEXTS)
def test_texts(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(TEXTS[case])
