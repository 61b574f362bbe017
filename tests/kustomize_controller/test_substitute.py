from typing import Any

import pytest

from kustomize_controller.substitute import SubstituteError, expand, substitute, variables

VALUES = {"v": "abcABCabc", "e": "", "n": "2", "m": "-2", "p": "/home/a/b.tar.gz", "sl": "a/b/c"}

EXPANDED = {
    "${v}": "abcABCabc",
    "${#v}": "9",
    "${v^}": "AbcABCabc",
    "${v^^}": "ABCABCABC",
    "${v,}": "abcABCabc",
    "${v,,}": "abcabcabc",
    "${v^,}": "abcABCabc",
    "${v,^}": "abcABCabc",
    "${v:=d}": "abcABCabc",
    "${x:=d}${x:-d}${x=d}${x:+d}${x:?d}": "ddddd",
    "${x:=a${v}b${n}c}": "aabcABCabcb2c",
    "${x:=$${v}}": "$abcABCabc",
    "${x:=$$}": "$$",
    "${x:=a}b}": "ab}",
    "${x:=two\nlines}": "two\nlines",
    "${x:=\\}": "\\",
    "${e=x}": "x",
    "${e:+alt}": "alt",
    "${v:+alt}": "abcABCabc",
    "${x:=}": "",
    "${v:3}": "ABCabc",
    "${v:3:2}": "AB",
    "${v:3:100}": "ABCabc",
    "${v:100}": "",
    "${v:1:0}": "",
    "${v:${m}}": "bc",
    "${v:${n}:${n}}": "cA",
    "${v: -2}": "abcABCabc",
    "${v:x}": "abcABCabc",
    "${v:1_0}": "abcABCabc",
    "${v:1:2:3}": "abcABCabc",
    "${p##*/}": "b.tar.gz",
    "${p%.*}": "/home/a/b.tar",
    "${p%%.*}": "/home/a/b",
    "${p#*/}": "home/a/b.tar.gz",
    "${p%%/*}": "",
    "${v#*c}": "ABCabc",
    "${v##*c}": "",
    "${v#[a-c]}": "bcABCabc",
    "${v%[a-c]}": "abcABCabc",
    "${v#*}": "bcABCabc",
    "${v#${x:=abc}}": "ABCabc",
    "${v/abc/X}": "XABCabc",
    "${v//abc/X}": "XABCX",
    "${v//abc/}": "ABC",
    "${v/#abc/X}": "XABCabc",
    "${v/%abc/X}": "abcABCX",
    "${v/#abc/}": "abcABCabc",
    "${v/%abc/}": "abcABCabc",
    "${v/a*/X}": "abcABCabc",
    "${sl//\\//-}": "a-b-c",
    "${sl/a/\\\\}": "\\/b/c",
    "${sl/a/$$}": "$/b/c",
    "${v/a/b/c}": "b/cbcABCabc",
    "${v/${x:=abc}/${n}}": "2ABCabc",
    "\\${v}": "\\abcABCabc",
    "$${v}": "${v}",
    "$$${v}": "$abcABCabc",
    "$${v:=${n}}": "${v:=2}",
    "$$ $( $[ $v } \\ $": "$ $( $[ $v } \\ $",
    "${x}": "",
    "${1}": "",
    "before\0after ${": "before",
    "plain": "plain",
}


@pytest.mark.parametrize("text", EXPANDED)
def test_a_form_expands(text: str) -> None:
    assert expand(text, VALUES, strict=False) == EXPANDED[text]


LETTERS = {
    "${u^}": "Äöß",
    "${u^^}": "ÄÖß",
    "${U,,}": "äö",
    "${#u}": "6",
    "${u:2}": "öß",
    "${ü}": "name",
}


@pytest.mark.parametrize("text", LETTERS)
def test_letters_of_any_script(text: str) -> None:
    assert expand(text, {"u": "äöß", "U": "ÄÖ", "ü": "name"}, strict=True) == LETTERS[text]


UNPARSABLE, UNCLOSED = "cannot parse inside function", "missing closing brace"
REFUSED = {
    "${}": "variable name cannot be parsed",
    "${ v}": "variable name cannot be parsed",
    "text ${": "variable name cannot be parsed",
    "${v }": UNCLOSED,
    "${v": UNCLOSED,
    "${v.x}": UNCLOSED,
    "${v-d}": UNCLOSED,
    "${v+d}": UNCLOSED,
    "${v?d}": UNCLOSED,
    "${arr[@]}": UNCLOSED,
    "${#v:1}": UNCLOSED,
    "${v#a": UNCLOSED,
    "${#}": "bad substitution",
    "${v^^^}": "bad substitution",
    "${v,,x}": "bad substitution",
    "${v//abc}": "bad substitution",
    "${v//abc/x${n}y}": "bad substitution",
    "${v:1${n}}": "bad substitution",
    "${v:0:${m}}": "negative length",
    "${v:}": UNPARSABLE,
    "${v::2}": UNPARSABLE,
    "${v#}": UNPARSABLE,
    "${x:=${n}": UNPARSABLE,
    "${x:=" * 60 + "}" * 60: "expressions nest too deeply",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_form_is_refused(text: str) -> None:
    with pytest.raises(SubstituteError) as caught:
        expand(text, VALUES, strict=False)
    assert REFUSED[text] in str(caught.value)
    assert "abcABCabc" not in str(caught.value)


STRICT = {
    "${x} and ${y} and ${x}": '"x", "y"',
    "${v:=${unset}}": '"unset"',
    "${#x}": '"x"',
    "${x^}": '"x"',
    "${x/a/b}": '"x"',
}


@pytest.mark.parametrize("text", STRICT)
def test_strict_names_every_variable_that_is_not_set(text: str) -> None:
    with pytest.raises(SubstituteError) as caught:
        expand(text, VALUES, strict=True)
    assert f"variable not set (strict): {STRICT[text]}" in str(caught.value)


@pytest.mark.parametrize("text", ["${x:=d}", "${x=d}", "${e}", "${v}"])
def test_strict_takes_defaults_and_empty_values(text: str) -> None:
    expand(text, VALUES, strict=True)


def test_a_slice_may_be_put_together_again() -> None:
    assert expand("${u:0:1}${u:1}", {"u": "ä"}, strict=True) == "ä"
    with pytest.raises(SubstituteError, match="cuts a character"):
        expand("${u:1}", {"u": "ä"}, strict=True)


def test_later_layers_win_and_newlines_go() -> None:
    assert variables([{"a": "1", "b": "x\ny\n"}, {"a": "2"}]) == {"a": "2", "b": "xy"}


@pytest.mark.parametrize("name", ["a-b", "1a", "", "ä", "a b"])
def test_a_variable_has_a_name(name: str) -> None:
    with pytest.raises(SubstituteError, match="is not a variable name"):
        variables([{name: "secret"}])


def config(**data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


OBJECTS = {
    "a value takes the type its text has": (config(a="${n}"), config(a=2)),
    "quotes from Git do not survive": (config(a="${yes}"), config(a=True)),
    "a variable that holds a quote keeps a string": (config(a="${q}${n}${q}"), config(a="2")),
    "a tag keeps a string": (config(a="${tagged}"), config(a="123")),
    "a value may become structure": (config(a="${list}"), config(a=["a", "b"])),
    "keys are expanded": (config(**{"${name}": "1"}), config(key="1")),
    "what was a string without variables stays one": (config(a="123", b="${name}"), config(a="123", b="key")),
    "an object without variables is left alone": (config(a="123"), config(a="123")),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_is_expanded(name: str) -> None:
    obj, expected = OBJECTS[name]
    values = {"n": "2", "yes": "yes", "q": '"', "tagged": "!!str 123", "list": "[a, b]", "name": "key"}
    assert substitute(obj, values, strict=True) == expected


@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_an_object_opts_out(field: str) -> None:
    obj = config(a="${nope}")
    obj["metadata"][field] = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
    assert substitute(obj, {"a": "b"}, strict=True) == obj
    obj["metadata"][field] = {"kustomize.toolkit.fluxcd.io/substitute": "Disabled"}
    with pytest.raises(SubstituteError):
        substitute(obj, {"a": "b"}, strict=True)


def test_an_error_names_the_object_and_no_value() -> None:
    with pytest.raises(SubstituteError, match="v1/ConfigMap c: variable not set"):
        substitute(config(a="${nope}"), {}, strict=True)
    with pytest.raises(SubstituteError) as caught:
        substitute(config(a="${bad}"), {"bad": "{hunter2"}, strict=True)
    assert str(caught.value) == "v1/ConfigMap c: with its variables in place it is no valid YAML"
