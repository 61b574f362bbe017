"""`weir envsubst`: standard input to standard output."""

import subprocess

import pytest

from tests.weir_cli.stage import WEIR

CASES = {
    "a value, a default, an escape, nothing": ("${A} ${B:=b} $${A} $A ${C}.\n", (), 0, "1 b ${A} $A .\n", ""),
    "not UTF-8": ("\udcff${A}", (), 1, "", "✗ standard input, or the value of a variable, is no UTF-8 text\n"),
    "strict": (
        "a: 1\nb: ${B}\n",
        ("--strict",),
        1,
        "",
        '✗ variable not set (strict): "B"; write $${...} to keep the braces as they are\n',
    ),
    "no end": ("a\n${A", (), 1, "", "✗ missing closing brace: line 2 of standard input, at ${A\n"),
}


@pytest.mark.parametrize(("text", "flags", "code", "out", "err"), CASES.values(), ids=CASES.keys())
def test_standard_input_to_standard_output(text: str, flags: tuple[str, ...], code: int, out: str, err: str) -> None:
    done = subprocess.run(
        [WEIR, "envsubst", *flags],
        input=text.encode(errors="surrogateescape"),
        capture_output=True,
        env={"A": "1"},
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout.decode(errors="surrogateescape"), done.stderr.decode()) == (code, out, err)
