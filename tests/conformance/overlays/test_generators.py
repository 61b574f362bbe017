"""ConfigMaps and Secrets that are generated (`spec/overlays.md` 7)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
LONG = "0123456789" * 12


def config(text: str, **files: str) -> dict[str, str]:
    return {K: "configMapGenerator:\n- name: cm\n" + "".join(f"  {line}\n" for line in text.splitlines()), **files}


def secret(text: str, **files: str) -> dict[str, str]:
    return {K: "secretGenerator:\n- name: s\n" + "".join(f"  {line}\n" for line in text.splitlines()), **files}


def over(base: str, top: str) -> dict[str, str]:
    return {K: f"resources: [b]\n{top}", f"b/{K}": base}


BASE = "configMapGenerator: [{name: cm, literals: [a=1, b=2]}]\n"
TWO_SECRETS = "secretGenerator: [{name: s, type: kubernetes.io/x, literals: [a=1]}]\n"
CASES = {
    "literals": config("literals: [a=b, c=d]"),
    "nothing": config("literals: []"),
    "no sources": config(""),
    "a literal with equals": config("literals: ['a=b=c']"),
    "a literal without a value": config("literals: ['a=']"),
    "quotes around a value go": config("""literals: ['a="x y"', "b='q'", 'c="', 'd="x', "e=x'"]"""),
    "a literal without equals is refused": config("literals: [a]"),
    "a literal without a key is refused": config("literals: ['=a']"),
    "blanks in keys and values": config("literals: ['a b= c d ']"),
    "a repeated key is refused": config("literals: [a=1, a=2]"),
    "values that look like something else": config(
        "literals: [a=1, b=true, c=null, d=0777, e=1e3, f=2001-01-01, g=yes, h=~]"
    ),
    "a key that looks like a number is refused": config("literals: ['1=x']"),
    "a key that looks like a boolean is refused": config("literals: ['true=x']"),
    "a key y": config("literals: ['y=x', 'on=x']"),
    "escapes": config("""literals: ["a=\\ttab", "b=x\\ny", "c=<&>", "d=\\u2028", "e=é😀"]"""),
    "a file": config("files: [f.txt]", **{"f.txt": "hello\nworld\n"}),
    "a file by another key": config("files: [k=f.txt]", **{"f.txt": "hello"}),
    "a file below": config("files: [d/f.txt]", **{"d/f.txt": "hello\n\n"}),
    "a file with trailing blanks": config("files: [f.txt]", **{"f.txt": "hello \nworld\n"}),
    "a file of one newline": config("files: [f.txt]", **{"f.txt": "\n"}),
    "an empty file": config("files: [f.txt]", **{"f.txt": ""}),
    "a file with carriage returns": config("files: [f.txt]", **{"f.txt": "a\r\nb\r\n"}),
    "a file that begins with a blank": config("files: [f.txt]", **{"f.txt": "  a\nb"}),
    "a long line": config("files: [f.txt]", **{"f.txt": "word " * 60}),
    "a missing file is refused": config("files: [nope.txt]"),
    "a directory as file is refused": config("files: [d]", **{"d/f.txt": "hello"}),
    "a file outside is refused": {
        "@": "a",
        f"a/{K}": "configMapGenerator: [{name: c, files: [../f.txt]}]",
        "f.txt": "x",
    },
    "a file without a key is refused": config("files: ['=f.txt']", **{"f.txt": "x"}),
    "a file without a name is refused": config("files: ['k=']", **{"f.txt": "x"}),
    "a file with two equals is refused": config("files: ['a=b=f.txt']", **{"f.txt": "x"}),
    "an environment file": config(
        "envs: [e.env]", **{"e.env": 'A=1\n# comment\n\n  B = 2 \nC\nexport D=4\nE="q"\nF=a # b\n=x\n'}
    ),
    "the old field env": config("env: e.env", **{"e.env": "A=1\n"}),
    "an environment file with carriage returns": config("envs: [e.env]", **{"e.env": "\ufeffA=1\r\nB=2\r\n"}),
    "a repeated key in an environment file is refused": config("envs: [e.env]", **{"e.env": "A=1\nA=2\n"}),
    "all sources in order": config(
        "literals: [l=1]\nfiles: [f.txt]\nenvs: [e.env]", **{"e.env": "E=1\n", "f.txt": "f"}
    ),
    "options": config("options: {labels: {a: b}, annotations: {c: '1'}, immutable: true}\nliterals: [a=b]"),
    "no suffix": config("options: {disableNameSuffixHash: true}\nliterals: [a=b]"),
    "a namespace": config("namespace: ns\nliterals: [a=b]"),
    "without a name is refused": {K: "configMapGenerator: [{literals: [a=b]}]"},
    "shared options": {
        K: "generatorOptions: {labels: {a: b, c: d}, disableNameSuffixHash: true}\nconfigMapGenerator: [{name: x, literals: [a=b], options: {labels: {a: z}, disableNameSuffixHash: false}}]"
    },
    "a secret": secret("literals: [a=b]"),
    "an empty secret": secret(""),
    "a secret's type": secret("type: kubernetes.io/tls\nliterals: [a=b]"),
    "a long secret": secret(f"literals: [a={LONG}, b={LONG[:51]}, c={LONG[:52]}, d={LONG[:53]}]"),
    "a secret from a file": secret("files: [f.txt]", **{"f.txt": "hello\n" * 30}),
    "two of one name are refused": {K: "configMapGenerator: [{name: a}, {name: a}]"},
    "a config map and a secret of one name": {K: "configMapGenerator: [{name: a}]\nsecretGenerator: [{name: a}]"},
    "merge": over(BASE, "configMapGenerator: [{name: cm, behavior: merge, literals: [b=9, c=3]}]"),
    "replace": over(BASE, "configMapGenerator: [{name: cm, behavior: replace, literals: [b=9, c=3]}]"),
    "create over one is refused": over(BASE, "configMapGenerator: [{name: cm, literals: [b=9]}]"),
    "merge with nothing is refused": over(BASE, "configMapGenerator: [{name: zz, behavior: merge, literals: [b=9]}]"),
    "an unknown behavior creates": over(BASE, "configMapGenerator: [{name: zz, behavior: zap, literals: [b=9]}]"),
    "merge by the first name": over(
        BASE + "namePrefix: p-", "configMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]"
    ),
    "merge by the later name": over(
        BASE + "namePrefix: p-", "configMapGenerator: [{name: p-cm, behavior: merge, literals: [c=3]}]"
    ),
    "merge needs the namespace": over(
        BASE + "namespace: n", "configMapGenerator: [{name: cm, namespace: n, behavior: merge, literals: [c=3]}]"
    ),
    "merge in another namespace is refused": over(
        BASE.replace("name: cm", "name: cm, namespace: n"),
        "configMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]",
    ),
    "merge keeps labels": over(
        BASE.replace("literals", "options: {labels: {a: b, c: d}, annotations: {q: w}}, literals"),
        "configMapGenerator: [{name: cm, behavior: merge, options: {labels: {a: z}}, literals: [c=3]}]",
    ),
    "merge loses immutable": over(
        BASE.replace("literals", "options: {immutable: true}, literals"),
        "configMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]",
    ),
    "merge without a suffix below": over(
        BASE.replace("literals", "options: {disableNameSuffixHash: true}, literals"),
        "configMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]",
    ),
    "merge without a suffix above": over(
        BASE,
        "configMapGenerator: [{name: cm, behavior: merge, options: {disableNameSuffixHash: true}, literals: [c=3]}]",
    ),
    "merge into an ordinary object": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, annotations: {a: b}}\ndata: {x: q}\n",
    },
    "merge into an ordinary object turns values to texts": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {x: 5, y2: true, z: null, e: '', d: 0x10, m: |-\n    a\n    b\n  }\n".replace(
            "m: |-\n    a\n    b\n  ", "m: 'a b'"
        ),
    },
    "merge into an ordinary object with maps": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {x: {a: b}, y2: [1]}\n",
    },
    "a patch of what was merged": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, behavior: merge, literals: [c=3]}]\npatches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {x: 7, p: 8}}'}]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {x: 5, p: q}\n",
    },
    "a merged secret takes the new type": over(
        TWO_SECRETS, "secretGenerator: [{name: s, behavior: merge, literals: [b=2]}]"
    ),
    "the suffix after prefix and suffix": {K: "namePrefix: p-\nnameSuffix: -s\n" + BASE},
    "the suffix counts what patches change": {
        K: BASE + "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: \"9\"}}'}]"
    },
    "the suffix counts numbers": {
        K: BASE + "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: 9}}'}]"
    },
    "the suffix does not count labels": {K: BASE + "commonLabels: {q: w}"},
    "names follow": {
        K: BASE + TWO_SECRETS + "resources: [r.yaml]",
        "r.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    envFrom: [{configMapRef: {name: cm}}, {secretRef: {name: s}}]\n    env: [{name: E, valueFrom: {configMapKeyRef: {name: cm, key: a}}}]\n  volumes: [{name: v, configMap: {name: cm}}, {name: w, secret: {secretName: s}}, {name: x, projected: {sources: [{configMap: {name: cm}}, {secret: {name: s}}]}}]\n",
    },
    "a bad field is refused": config("literals: a=b"),
    "a number as literal is refused": config("literals: [1]"),
    "lines of an environment file": {
        K: "configMapGenerator: [{name: g, envs: [e]}]",
        "e": "\ufeffA=1\r\n  B = 2 \n#c\n\n=x\nexport C=3\nD\nE='q'\n",
    },
    "quotes in literals": {
        K: "configMapGenerator: [{name: g, literals: ['a=\"b\"', \"c='d'\", 'e=\"f', 'g=h=i', 'j= k ', ' l=m']}]"
    },
    "a key twice is refused": {K: "configMapGenerator: [{name: g, literals: [a=b, a=c]}]"},
    "an unknown behavior": {K: "configMapGenerator: [{name: g, behavior: zap, literals: [a=b]}]"},
    "a long secret has lines": {K: "secretGenerator: [{name: s, literals: ['a=" + "x" * 200 + "']}]"},
    "nothing generated": {K: "configMapGenerator: [{name: g}]\nsecretGenerator: [{name: s}]"},
    "two signs are refused": {K: "configMapGenerator: [{name: g, files: [a=b=c]}]", "a": ""},
    "a folder as file is refused": {K: "configMapGenerator: [{name: g, files: [d]}]", "d/x": ""},
    "a replaced secret": {
        K: "resources: [b]\nsecretGenerator: [{name: g, behavior: replace, literals: [c=d]}]",
        "b/" + K: "secretGenerator: [{name: g, type: z, literals: [a=b]}]",
    },
    "a merged secret": {
        K: "resources: [b]\nsecretGenerator: [{name: g, behavior: merge, literals: [c=d]}]",
        "b/" + K: "secretGenerator: [{name: g, type: z, literals: [a=b]}]",
    },
    "keys that look like words": {K: "configMapGenerator: [{name: g, literals: [y=1, on=2, a.b=3]}]"},
    "a number as key is refused": {K: "configMapGenerator: [{name: g, literals: [1=x]}]"},
    "a merge key as key is refused": {K: "configMapGenerator: [{name: g, literals: ['<<=x']}]"},
    "options of all and of one": {
        K: "generatorOptions: {labels: {a: b}, annotations: {c: d}, disableNameSuffixHash: true, immutable: true}\nconfigMapGenerator: [{name: g, literals: [a=b], options: {labels: {a: z}, disableNameSuffixHash: false}}]"
    },
    "a generated namespace": {K: "configMapGenerator: [{name: g, namespace: q, literals: [a=b]}]\nnamespace: r\n"},
}


@pytest.mark.parametrize("case", CASES)
def test_generators(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
