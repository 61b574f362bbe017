"""Characters that break lines or cannot be printed, in and out (`spec/overlays.md` 1, 23.4)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
H = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"
NEXT, LINE, PARAGRAPH = "\x85", "\u2028", "\u2029"


def data(text: str) -> dict[str, str]:
    return {K: "resources: [r.yaml]", "r.yaml": H + text}


CASES = {
    "a next line escaped": data('  a: "x\\Ny"\n'),
    "a next line at the end": data('  a: "x\\N"\n'),
    "a next line at the beginning": data('  a: "\\Nx"\n'),
    "a next line in a plain text": data(f"  a: x{NEXT}y\n"),
    "a next line in double quotes": data(f'  a: "x{NEXT}y"\n'),
    "a next line in single quotes": data(f"  a: 'x{NEXT}y'\n"),
    "a next line in a block": data(f"  a: |\n    x{NEXT}y\n"),
    "a next line among lines": data('  a: "l1\\nx\\Ny\\n"\n'),
    "a next line in a key is refused": data('  "a\\Nb": x\n'),
    "a next line between blanks": data('  a: "x \\N y"\n'),
    "a next line before a blank": data('  a: "x\\N y"\n'),
    "a next line before a line break": data('  a: "x\\N\\ny"\n'),
    "a next line after a line break": data('  a: "x\\n\\Ny"\n'),
    "two next lines": data('  a: "x\\N\\Ny"\n'),
    "a next line in a long text": data('  a: "' + "word " * 20 + "x\\Ny " + "word " * 10 + '"\n'),
    "a next line ends a comment": data(f"  a: x # c{NEXT}  b: y\n"),
    "a next line in a list": data('  a: x\nl: ["p\\Nq"]\n'),
    "a next line alone": data('  a: "\\N"\n'),
    "a line separator": data('  a: "x\\Ly"\n'),
    "a line separator in a plain text": data(f"  a: x{LINE}y\n"),
    "a line separator in double quotes": data(f'  a: "x{LINE}y"\n'),
    "a line separator in a block": data(f"  a: |\n    x{LINE}y\n"),
    "a line separator among lines": data('  a: "l1\\nx\\Ly\\n"\n'),
    "a line separator in a key": data('  "a\\Lb": x\n'),
    "a line separator after a blank": data('  a: "x \\Ly"\n'),
    "a line separator before a blank": data('  a: "x\\L y"\n'),
    "a paragraph separator": data('  a: "x\\Py"\n'),
    "a paragraph separator alone": data('  a: "\\P"\n'),
    "a line separator alone": data('  a: "\\L"\n'),
    "a line separator at the end": data('  a: "x\\L"\n'),
    "a line separator at the beginning": data('  a: "\\Lx"\n'),
    "a line separator before a line break": data('  a: "x\\L\\ny"\n'),
    "a line separator after a line break": data('  a: "x\\n\\Ly"\n'),
    "two line separators": data('  a: "x\\L\\Ly"\n'),
    "a line separator before a next line": data('  a: "x\\L\\Ny"\n'),
    "a carriage return": data('  a: "x\\ry"\n'),
    "both line ends": data('  a: "x\\r\\ny"\n'),
    "a carriage return ends a line": data("  a: x\r  b: y\n"),
    "a file with both line ends": {
        K: "resources: [r.yaml]",
        "r.yaml": (H + "  a: x\n  b: |\n    l1\n    l2\n").replace("\n", "\r\n"),
    },
    "a blank that does not break": data('  a: "x\\_y"\n'),
    "a byte order mark inside": data('  a: "x\\uFEFFy"\n'),
    "a delete character is refused": data('  a: "x\\x7fy"\n'),
    "an old control character is refused": data('  a: "x\\x80y"\n'),
    "a vertical tab": data('  a: "x\\vy"\n'),
    "a form feed": data('  a: "x\\fy"\n'),
    "a null character": data('  a: "x\\0y"\n'),
    "an escape character": data('  a: "x\\ey"\n'),
    "a bell": data('  a: "x\\ay"\n'),
    "an escaped slash is refused": data('  a: "x\\/y"\n'),
    "a tab at the beginning": data('  a: "\\tx"\n'),
    "a tab after a line break": data('  a: "x\\n\\ty"\n'),
    "a tab at the end": data('  a: "x\\t"\n'),
    "half a character is refused": data('  a: "\\ud800"\n'),
    "no character is refused": data('  a: "x\\ufffey"\n'),
    "no character at all is refused": data('  a: "x\\uffffy"\n'),
    "a character beyond 16 bits escaped": data('  a: "x\\U0001F600y"\n'),
    "a character beyond 16 bits": data("  a: x\U0001f600y\n"),
    "a joiner": data('  a: "x\\u200dy"\n'),
    "combining": data('  a: "e\\u0301"\n'),
    "a generated next line": {K: "configMapGenerator: [{name: g, files: [f.txt]}]", "f.txt": f"x{NEXT}y\n"},
    "a generated next line without a line break": {
        K: "configMapGenerator: [{name: g, files: [f.txt]}]",
        "f.txt": f"x{NEXT}y",
    },
    "generated separators": {
        K: "configMapGenerator: [{name: g, files: [f.txt]}]",
        "f.txt": f"x{LINE}y\nz{PARAGRAPH}\n",
    },
    "generated lines with both ends": {K: "configMapGenerator: [{name: g, files: [f.txt]}]", "f.txt": "x\r\ny\r\n"},
    "a next line as literal": {K: 'configMapGenerator: [{name: g, literals: ["a=x\\Ny"]}]'},
    "a next line as annotation": {K: 'resources: [r.yaml]\ncommonAnnotations: {a: "x\\Ny"}', "r.yaml": H + "  a: b\n"},
    "a next line in a patch": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": H + "  a: b\n",
        "p.yaml": H + '  a: "x\\Ny"\n  c: "p\\Lq"\n',
    },
    "a next line in a JSON patch": {
        K: 'resources: [r.yaml]\npatches: [{target: {kind: ConfigMap}, patch: \'[{"op":"add","path":"/data/z","value":"x\\u0085y\\u2028z"}]\'}]',
        "r.yaml": H + '  a: "b\\N c"\n',
    },
    "a next line in what is merged": {
        K: 'resources: [r.yaml]\nconfigMapGenerator: [{name: x, behavior: merge, literals: ["b=p\\Nq"]}]',
        "r.yaml": H + '  a: "b\\Nc"\n',
    },
    "a next line ends a line of the kustomization": {
        K: "resources: [r.yaml]\u0085namePrefix: p-\n",
        "r.yaml": H + "  a: b\n",
    },
    "a next line in a folded block": data("  a: >\n    x\u0085    y\n"),
    "an escaped slash inside is refused": data('  a: "x\\/y"\n'),
    "a backslash before a slash": data('  a: "x\\\\/y"\n'),
    "an escaped slash in single quotes": data("  a: 'x\\/y'\n"),
    "an escaped slash in a plain text": data('  a: x\\/y\n  b: "z"\n'),
    "an escaped slash first is refused": data('  a: "\\/y"\n'),
    "an escaped slash in the kustomization is refused": {
        K: 'resources: [r.yaml]\nnamePrefix: "a\\/"\n',
        "r.yaml": H + "  a: b\n",
    },
    "an escaped slash in a key is refused": data('  "a\\/b": x\n'),
    "three backslashes before a slash are refused": data('  a: "\\\\\\/y"\n'),
    "JSON with escaped slashes is refused": {
        K: "resources: [r.json]",
        "r.json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"n":"http:\\/\\/x"}}',
    },
    "a JSON patch with escaped slashes": {
        K: 'resources: [r.yaml]\npatches: [{target: {kind: ConfigMap}, patch: \'[{"op":"add","path":"\\/data\\/z","value":"x"}]\'}]',
        "r.yaml": H + '  a: "b"\n',
    },
    "a byte order mark and a backslash": data("  a: b\n") | {"r.yaml": "\ufeff" + H + '  a: "x\\\\/y"\n'},
    "escapes by number": data("  a: 'x'\n  b: \"\\x41\\u0042\\U00000043\\_\\P\"\n"),
    "an unknown escape is refused": data('  a: "\\q"\n'),
}


@pytest.mark.parametrize("case", CASES)
def test_breaks(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
