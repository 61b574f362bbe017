"""YAML as kustomize reads and prints it: tables, and random values held to the oracle."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.binaries import need
from weir import yaml

READ = {
    "an integer": ("5", 5),
    "a leading zero is octal": ("0777", 511),
    "a new octal": ("0o17", 15),
    "a hexadecimal": ("0x1F", 31),
    "a binary": ("0b101", 5),
    "underscores": ("1_000", 1000),
    "a sign": ("-5", -5),
    "no octal": ("089", 89.0),
    "64 bits": ("18446744073709551615", 18446744073709551615),
    "more than 64 bits": ("18446744073709551616", 1.8446744073709552e19),
    "a float": ("1.5", 1.5),
    "an exponent": ("1e3", 1000.0),
    "a point in front": (".5", 0.5),
    "no number is that large": ("1e400", "1e400"),
    "yes": ("yes", "yes"),
    "on": ("on", "on"),
    "n": ("n", "n"),
    "true": ("true", True),
    "True": ("True", True),
    "tRUE": ("tRUE", "tRUE"),
    "null": ("null", None),
    "tilde": ("~", None),
    "nothing": ("", None),
    "a date": ("2001-01-01", "2001-01-01"),
    "base 60": ("12:30:45", "12:30:45"),
    "a version": ("1.2.3", "1.2.3"),
    "quoted": ("'5'", "5"),
    "a block": ("|\n  a\n  b\n", "a\nb\n"),
    "an alias": ("[&x {a: 1}, *x]", [{"a": 1}, {"a": 1}]),
    "a merge": ("{<<: {a: 1, b: 2}, b: 3}", {"a": 1, "b": 3}),
    "a tag": ("!!str 5", "5"),
    "an unknown tag": ("!foo 5", "5"),
    "a key y": ("{y: 1}", {"y": 1}),
}


@pytest.mark.parametrize("case", READ)
def test_reading(case: str) -> None:
    text, expected = READ[case]
    value = yaml.load(f"v: {text}\n")["v"]
    assert (value, type(value)) == (expected, type(expected))


REFUSED = {
    "a repeated key": ("a: 1\nb: 2\na: 3\n", 3, "twice (first at line 1)"),
    "a numeric key": ("a: 1\n2: x\n", 2, "quotes"),
    "a boolean key": ("true: x\n", 1, "quotes"),
    "a key of two": ("? [a]\n: b\n", 1, "string"),
    "an unknown alias": ("a: *x\n", 1, "unknown anchor x"),
    "an alias to itself": ("a: &x [*x]\n", 1, "itself"),
    "a merge of a scalar": ("a: {<<: 1}\n", 1, "merge"),
    "two merges": ("<<: {a: 1}\n<<: {b: 1}\n", 2, "twice"),
    "a wrong tag": ("a: !!int x\n", 1, "!!int"),
    "infinity": ("a: .inf\n", 1, "quotes"),
    "bad indentation": ("a: 1\n b: 2\n", 2, "mapping values"),
    "an open list": ("a: [\n", 2, "expected"),
    "a tab": ("a:\n\t- b\n", 2, "token"),
    "deep nesting": ("[" * 200 + "]" * 200, 1, "deeper"),
    "an alias bomb of text": (f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 100)}]\n", 2, "aliases add"),
    "an alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)),
        6,
        "aliases add",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusing(case: str) -> None:
    text, line, said = REFUSED[case]
    with pytest.raises(yaml.YamlError) as caught:
        yaml.load(text, name="f.yaml")
    assert (caught.value.name, caught.value.line) == ("f.yaml", line)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", [b"\xff", b"\xc3\x28", b"a: \x00", "\ud800", b"\xfe\xff\x00"])
def test_bytes_that_are_no_text_are_refused(text: bytes | str) -> None:
    with pytest.raises(yaml.YamlError):
        yaml.load(text)


def test_several_documents() -> None:
    assert yaml.load_all("a: 1\n---\n# nothing\n---\n- b\n...\n---\nnull\n") == [{"a": 1}, ["b"], None]
    with pytest.raises(yaml.YamlError, match="one document"):
        yaml.load("a: 1\n---\nb: 2\n")


def test_config_dialect() -> None:
    text = "yes: on\n1: [y, n, 0777, 2001-01-01, 12:30]\na: 1\na: 2\n"
    assert yaml.load_config(text) == {"true": True, "1": [True, False, 511, "2001-01-01", "12:30"], "a": 2}


PRINTED = {
    "a map sorted by kustomize's rule": (
        {"a10": 1, "a2": 2, "A": 3, "a-b": 4, "ab": 5},
        "A: 3\na-b: 4\na2: 2\na10: 1\nab: 5\n",
    ),
    "lists at the parent's column": ({"a": [{"b": 1, "c": [2, 3]}]}, "a:\n- b: 1\n  c:\n  - 2\n  - 3\n"),
    "empty things": ({"a": {}, "b": [], "c": None, "d": ""}, 'a: {}\nb: []\nc: null\nd: ""\n'),
    "a list": ([1, [2, 3]], "- 1\n- - 2\n  - 3\n"),
    "strings that look like something else": (
        ["1", "yes", "null", "0x1", "1:20", "~"],
        '- "1"\n- "yes"\n- "null"\n- "0x1"\n- "1:20"\n- "~"\n',
    ),
    "strings that plain style cannot hold": (["a: b", "#", "- x", "'a"], "- 'a: b'\n- '#'\n- '- x'\n- '''a'\n"),
    "blocks": (["a\nb", "a\n", "a\n\n", " a\n"], "- |-\n  a\n  b\n- |\n  a\n- |+\n  a\n\n- |2\n   a\n"),
    "numbers": ([1.0, 1.5, 1e20, 1e-5, 1234567.5, True], "- 1\n- 1.5\n- 1e+20\n- 1e-05\n- 1.2345675e+06\n- true\n"),
    "a long line": ({"a": "word " * 18 + "end"}, "a: " + "word " * 15 + "word\n  word word end\n"),
}


@pytest.mark.parametrize("case", PRINTED)
def test_printing(case: str) -> None:
    value, expected = PRINTED[case]
    assert yaml.dump(value) == expected


def test_printing_refuses_control_characters_and_foreign_types() -> None:
    for value in ({"a": "\x7f"}, {"a": object()}, {1: "a"}, {"a": float("inf")}):
        with pytest.raises(yaml.YamlError):
            yaml.dump(value)


CHARACTERS = st.characters(
    max_codepoint=0xFFFF,
    exclude_categories=("Cs", "Cn"),
    exclude_characters="\x7f" + "".join(map(chr, range(0x80, 0xA0))) + "\ufeff\ufffe\uffff\u2028\u2029",
)
ODD = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "\t",
        "- ",
        ": ",
        " #",
        "'",
        '"',
        "1",
        "0x",
        "yes",
        "~",
        "---",
        "é",
        "😀",
        "a",
        "word ",
        "\n\n",
        "%",
        "|",
    ]
)
SEPARATED = st.text("ab \u2028'", max_size=6)
TEXTS = st.one_of(  # kustomize prints a key << plain, and it would be a merge when read
    st.text(CHARACTERS, max_size=12),
    st.lists(ODD, max_size=30).map("".join),
    st.from_regex(r"[-+]?[0-9_.:eExob]{1,8}", fullmatch=True),
).filter(lambda text: text != "<<")
VALUES = st.recursive(
    st.one_of(
        TEXTS,
        st.integers(-(2**63), 2**64 - 1),
        st.booleans(),
        st.none(),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=12,
)


def same(left: object, right: object) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(right, float):
        return isinstance(left, int | float) and float(left) == right
    return left == right and isinstance(left, bool) == isinstance(right, bool)


@given(VALUES)
@settings(max_examples=300)
def test_what_is_printed_reads_back(value: object) -> None:
    assert same(yaml.load(yaml.dump({"v": value}))["v"], value)


@pytest.fixture(scope="module")
def kubectl() -> str:
    return need("kubectl")


def printed_by(kubectl: str, folder: Path, name: str, text: str) -> str:
    (folder / "kustomization.yaml").write_text(f"resources: [{name}]\n")
    (folder / name).write_text(text)
    done = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


@given(st.lists(st.one_of(VALUES, SEPARATED), min_size=60, max_size=60))
@settings(max_examples=12, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
def test_random_values_are_printed_as_by_the_oracle(
    kubectl: str, tmp_path_factory: pytest.TempPathFactory, values: list[object]
) -> None:
    bodies = [
        {"apiVersion": "x/v1", "kind": "X", "metadata": {"name": f"n{place:03}"}, "v": value}
        for place, value in enumerate(values)
    ]
    text = "---\n".join(json.dumps(body, ensure_ascii=False).replace("\u2028", "\\u2028") + "\n" for body in bodies)
    assert yaml.dump_all(bodies) == printed_by(kubectl, tmp_path_factory.mktemp("y"), "r.yaml", text)


WORDS = st.one_of(
    st.from_regex(r"[-+]?[0-9][0-9_.]{0,6}([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[-+]?0[xXbBoO]?[0-9a-fA-F_]{0,6}", fullmatch=True),
    st.from_regex(
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?(Z|[-+][0-9]{2}:[0-9]{2})?)?",
        fullmatch=True,
    ),
    st.from_regex(r"[-+]?[0-9]{1,3}(:[0-9]{1,2}){1,2}", fullmatch=True),
    st.sampled_from(
        [
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "N",
            "true",
            "True",
            "TRUE",
            "tRUE",
            "null",
            "Null",
            "NULL",
            "nUll",
            "~",
            "<",
            "=",
            ".",
            "-",
            "+",
            "_1",
            ".5",
            ".5_0",
            "+.5",
            "0o",
            "0b2",
            "0x",
            "1__0",
            "-0",
            "-0.0",
            "0.",
            "1e999",
        ]
    ),
)


@given(st.lists(WORDS, min_size=150, max_size=150))
@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
def test_random_scalars_are_read_as_by_the_oracle(
    kubectl: str, tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    from weir import overlay  # noqa: PLC0415  reads dates as the oracle does

    text = "apiVersion: x/v1\nkind: X\nmetadata: {name: x}\nv:\n" + "".join(f"- {word} \n" for word in words)
    ours = overlay.build({"kustomization.yaml": b"resources: [r.yaml]", "r.yaml": text.encode()}, "")
    assert overlay.yaml_text(ours) == printed_by(kubectl, tmp_path_factory.mktemp("y"), "r.yaml", text)
