"""Files, directories, documents, lists, ids (`spec/overlays.md` 1, 4, 5)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n"
SVC = "apiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: {ports: [{port: 80}]}\n"
K = "kustomization.yaml"
R = {K: "resources: [r.yaml]\n"}


def named(name: str, extra: str = "") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{extra}}}\n"


def data(text: str) -> dict[str, str]:
    return {**R, "r.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: cm}}\ndata:\n{text}\n"}


CASES = {
    "one file": {**R, "r.yaml": CM},
    "two documents in one file": {**R, "r.yaml": CM + "---\n" + SVC},
    "a JSON file": {
        K: "resources: [r.json]",
        "r.json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"n":"1"}}',
    },
    "a leading separator and comments": {**R, "r.yaml": "# hello\n---\n# again\n" + CM + "---\n# nothing\n---\n" + SVC},
    "a separator with a comment": {**R, "r.yaml": CM + "--- # next\n" + SVC},
    "a separator with text is refused": {**R, "r.yaml": CM + "--- foo\n" + SVC},
    "a separator with trailing blanks": {**R, "r.yaml": CM + "---  \n" + SVC},
    "an empty file": {**R, "r.yaml": ""},
    "a file of comments": {**R, "r.yaml": "# only\n"},
    "a null document": {**R, "r.yaml": "null\n---\n" + CM},
    "a list of nothing": {**R, "r.yaml": "[]\n"},
    "a scalar document is refused": {**R, "r.yaml": "hello\n"},
    "a document end marker": {**R, "r.yaml": CM + "...\n---\n" + SVC},
    "a document end marker without a separator": {**R, "r.yaml": CM + "...\n" + SVC},
    "a directive is refused": {**R, "r.yaml": "%YAML 1.2\n---\n" + CM},
    "a byte order mark": {**R, "r.yaml": "\ufeff" + CM},
    "carriage returns": {**R, "r.yaml": CM.replace("\n", "\r\n") + "---\r\n" + SVC.replace("\n", "\r\n")},
    "a base directory": {K: "resources: [base]", "base/" + K: "resources: [r.yaml]", "base/r.yaml": CM},
    "a base above": {
        "@": "top",
        "top/" + K: "resources: [../base]",
        "base/" + K: "resources: [r.yaml]",
        "base/r.yaml": CM,
    },
    "the old field bases": {K: "bases: [base]", "base/" + K: "resources: [r.yaml]", "base/r.yaml": CM},
    "kustomization.yml": {"kustomization.yml": "resources: [r.yaml]", "r.yaml": CM},
    "Kustomization": {"Kustomization": "resources: [r.yaml]", "r.yaml": CM},
    "two kustomization files are refused": {
        K: "resources: [r.yaml]",
        "Kustomization": "resources: [r.yaml]",
        "r.yaml": CM,
    },
    "no kustomization file is refused": {"r.yaml": CM},
    "an empty kustomization is refused": {K: ""},
    "only a kind is refused": {K: "kind: Kustomization\n"},
    "an empty list of resources prints nothing": {K: "resources: []"},
    "only a namespace prints nothing": {K: "namespace: x"},
    "a missing file is refused": {K: "resources: [nope.yaml]"},
    "a missing directory is refused": {K: "resources: [../nope]"},
    "a file outside the root is refused": {"@": "top", "top/" + K: "resources: [../r.yaml]", "r.yaml": CM},
    "a file below the root": {K: "resources: [a/b/r.yaml]", "a/b/r.yaml": CM},
    "a file through dots": {K: "resources: [./a/../r.yaml]", "a/x": "", "r.yaml": CM},
    "an absolute file is refused": {K: "resources: [/etc/hostname]"},
    "an absolute directory is refused": {K: "resources: [/etc]"},
    "an empty entry is refused": {K: 'resources: [""]'},
    "itself is refused": {K: "resources: [.]"},
    "its parent is refused": {"@": "a", "a/" + K: "resources: [..]", K: "resources: []"},
    "two that name one another are refused": {"@": "a", "a/" + K: "resources: [../b]", "b/" + K: "resources: [../a]"},
    "a directory without a kustomization is refused": {K: "resources: [a]", "a/r.yaml": CM},
    "a segment of dots inside": {K: "resources: [a..b/r.yaml]", "a..b/r.yaml": CM},
    "an unknown field is refused": {K: "resource: [r.yaml]", "r.yaml": CM},
    "an unknown nested field is refused": {K: "resources: [r.yaml]\nimages: [{nam: x}]", "r.yaml": CM},
    "a field in another case": {K: "Resources: [r.yaml]\nNAMEPREFIX: a-", "r.yaml": CM},
    "both cases of a field": {K: "Resources: [r.yaml]\nresources: [s.yaml]", "r.yaml": CM, "s.yaml": SVC},
    "a field of another type is refused": {K: "resources: r.yaml", "r.yaml": CM},
    "a number for a string is refused": {K: "resources: [r.yaml]\nnamePrefix: 1", "r.yaml": CM},
    "yes for a string is refused": {K: "resources: [yes]"},
    "a null field": {K: "resources: [r.yaml]\nnamespace:\nimages: null", "r.yaml": CM},
    "a list for a kustomization is refused": {K: "- a\n"},
    "malformed kustomization is refused": {K: "resources: [r.yaml\n"},
    "malformed resource is refused": {**R, "r.yaml": "a: b: c\n"},
    "a tab in a resource is refused": {**R, "r.yaml": "a:\n\t- b\n"},
    "the second document of a kustomization is ignored": {K: "resources: [r.yaml]\n---\nfoo: bar\n", "r.yaml": CM},
    "a repeated field in a kustomization": {K: "resources: [r.yaml]\nresources: [s.yaml]", "r.yaml": CM, "s.yaml": SVC},
    "anchors in a kustomization": {
        K: "resources: &a [r.yaml]\ncommonLabels: &l {x: q}\ncommonAnnotations: *l",
        "r.yaml": CM,
    },
    "another kind is refused": {K: "kind: Foo\nresources: []"},
    "another apiVersion is refused": {K: "apiVersion: v1\nkind: Kustomization\nresources: []"},
    "metadata of a kustomization": {K: "metadata: {name: x, labels: {a: b}}\nresources: [r.yaml]", "r.yaml": CM},
    "a component built directly": {
        K: "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [r.yaml]",
        "r.yaml": CM,
    },
    "an object without kind is refused": {**R, "r.yaml": "apiVersion: v1\nmetadata: {name: a}\n"},
    "an object without name is refused": {**R, "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n"},
    "an object without metadata is refused": {**R, "r.yaml": "apiVersion: v1\nkind: ConfigMap\n"},
    "no object at all is refused": {**R, "r.yaml": "a: b\n"},
    "generateName does not count": {**R, "r.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n"},
    "an object without apiVersion": {**R, "r.yaml": "kind: Foo\nmetadata: {name: a}\n"},
    "a numeric name": {**R, "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 12}\n"},
    "a list is taken apart": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: List\nitems:\n- " + CM.replace("\n", "\n  ").rstrip() + "\n",
    },
    "a typed list": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: z}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: y}}\n",
    },
    "lists among documents, in order of appearance": {
        K: "resources: [r.yaml]\nsortOptions: {order: fifo}",
        "r.yaml": named("a")
        + "---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: z}}, {apiVersion: v1, kind: ConfigMap, metadata: {name: y}}]\n---\n"
        + named("b"),
    },
    "a list of nulls": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: List\nitems: [null, {apiVersion: v1, kind: ConfigMap, metadata: {name: z}}]\n",
    },
    "a list without items": {**R, "r.yaml": "apiVersion: v1\nkind: FooList\nmetadata: {name: x}\n"},
    "a nameless list without items": {**R, "r.yaml": "apiVersion: v1\nkind: FooList\n"},
    "a list with a map for items is refused": {**R, "r.yaml": "apiVersion: v1\nkind: FooList\nitems: {a: b}\n"},
    "an empty list object": {**R, "r.yaml": "apiVersion: v1\nkind: List\nitems: []\n"},
    "the same id twice in a file is refused": {**R, "r.yaml": CM + "---\n" + CM},
    "the same id in two files is refused": {K: "resources: [r.yaml, s.yaml]", "r.yaml": CM, "s.yaml": CM},
    "the same base twice is refused": {
        K: "resources: [b, c]",
        "b/" + K: "resources: [../d]",
        "c/" + K: "resources: [../d]",
        "d/" + K: "resources: [r.yaml]",
        "d/r.yaml": CM,
    },
    "the same base under two names": {
        K: "resources: [b, c]",
        "b/" + K: "resources: [../d]\nnamePrefix: b-",
        "c/" + K: "resources: [../d]\nnamePrefix: c-",
        "d/" + K: "resources: [r.yaml]",
        "d/r.yaml": CM,
    },
    "no namespace and default are one": {**R, "r.yaml": named("a") + "---\n" + named("a", ", namespace: default")},
    "two namespaces": {**R, "r.yaml": named("a", ", namespace: x") + "---\n" + named("a", ", namespace: y")},
    "a cluster kind ignores its namespace": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: Node\nmetadata: {name: a, namespace: x}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: a, namespace: y}\n",
    },
    "local configuration is dropped": {
        **R,
        "r.yaml": CM + "---\n" + named("l", ', annotations: {config.kubernetes.io/local-config: "true"}'),
    },
    "local configuration of false stays": {
        **R,
        "r.yaml": named("l", ', annotations: {config.kubernetes.io/local-config: "false"}'),
    },
    "local configuration of nothing is dropped": {
        **R,
        "r.yaml": CM + "---\n" + named("l", ', annotations: {config.kubernetes.io/local-config: ""}'),
    },
    "the order of kinds": {
        K: "resources: [r.yaml]",
        "r.yaml": "---\n".join(
            f"apiVersion: {v}\nkind: {k}\nmetadata: {{name: n}}\n"
            for v, k in (
                ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
                ("apps/v1", "Deployment"),
                ("v1", "Service"),
                ("example.com/v1", "Zed"),
                ("v1", "Pod"),
                ("v1", "Namespace"),
                ("rbac.authorization.k8s.io/v1", "Role"),
                ("v1", "ServiceAccount"),
                ("batch/v1", "CronJob"),
                ("v1", "Secret"),
                ("batch/v1", "Job"),
                ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
                ("apps/v1", "DaemonSet"),
                ("networking.k8s.io/v1", "Ingress"),
            )
        ),
    },
    "the order of names and namespaces": {
        **R,
        "r.yaml": "---\n".join(
            named(n, f", namespace: {s}" if s else "")
            for n, s in (("b", ""), ("a", ""), ("b", "z"), ("c", "a"), ("B", "a"))
        ),
    },
    "namespaces of two groups": {
        **R,
        "r.yaml": "apiVersion: a.io/v1\nkind: Namespace\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: y}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n",
    },
    "order of accumulation": {
        K: "resources: [b.yaml, a.yaml]\nsortOptions: {order: fifo}",
        "a.yaml": CM,
        "b.yaml": SVC,
    },
    "own order": {
        K: "resources: [b.yaml, a.yaml]\nsortOptions: {order: legacy, legacySortOptions: {orderFirst: [Service], orderLast: []}}",
        "a.yaml": CM,
        "b.yaml": SVC,
    },
    "a bad order is refused": {K: "resources: [a.yaml]\nsortOptions: {order: zap}", "a.yaml": CM},
    "an empty order is refused": {K: "resources: [a.yaml]\nsortOptions: {}", "a.yaml": CM},
    "own order with fifo is refused": {
        K: "resources: [a.yaml]\nsortOptions: {order: fifo, legacySortOptions: {orderFirst: []}}",
        "a.yaml": CM,
    },
    "a base's order is ignored": {
        K: "resources: [b]",
        "b/" + K: "resources: [b.yaml, a.yaml]\nsortOptions: {order: fifo}",
        "b/a.yaml": CM,
        "b/b.yaml": SVC,
    },
    "annotations become texts": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {port: 8080, b: true, d: 0x10, g: 1.0, c: null, j: ~, l: [1], m: {a: b}, e: 1e3}\n",
    },
    "an empty annotations map is removed": {**R, "r.yaml": named("a", ", annotations: {}, labels: {}")},
    "null annotations are removed": {**R, "r.yaml": named("a", ", annotations: null, labels: null")},
    "a numeric label stays": {**R, "r.yaml": named("a", ", labels: {a: 1}")},
    "internal annotations are removed": {
        **R,
        "r.yaml": named(
            "a",
            ", annotations: {config.kubernetes.io/index: '1', internal.config.kubernetes.io/path: x, internal.config.kubernetes.io/zap: y}",
        ),
    },
    "a repeated key is refused": data("  a: b\n  a: c"),
    "a numeric key is refused": data("  1: b"),
    "a quoted numeric key": data('  "1": b'),
    "keys with digits of other scripts": data("  k\u19d4a: b\n  k\u2713: c\n  k9: d\n  k10: e\n  k\u0663: f"),
    "a key y": data("  y: b\n  on: c"),
    "a date": data(
        "  a: 2001-01-01\n  b: 2001-12-14t21:59:43.10-05:00\n  c: 2001-12-14 21:59:43.10\n  d: 2001-13-01\n  e: '2001-01-01'"
    ),
    "a time zone with 60 minutes": data("  a: 2001-02-03T02:01:35+09:60\n  b: 2001-02-03T02:01:35-00:60"),
    "a time zone a day away is refused": data("  a: 2001-02-03T02:01:35+23:60"),
    "aliases": data("  a: &x v\n  b: *x"),
    "merge keys": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nx: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [{a: 7}, *x], c: 4}\n",
    },
    "a merge key of a scalar is refused": {
        **R,
        "r.yaml": "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nx: &x 1\ny: {<<: *x}\n",
    },
    "infinity is refused": data("  a: .inf"),
    "a tag that does not fit is refused": data("  a: !!bool yes"),
    "tags": data('  a: !!str 1\n  b: !!int "3"\n  c: !!float 3\n  d: !!binary aGk=\n  e: !foo x'),
    "deprecated image list": {
        K: "resources: [r.yaml]\nimageTags: [{name: nginx, newTag: '2'}]",
        "r.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx}]}\n",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_resources(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
