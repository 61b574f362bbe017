"""Values that the engine makes without a tag: what they read as, until a merge passes by (`spec/overlays.md` 1.7, 17.6)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
F = "apiVersion: x/v1\nkind: Foo\nmetadata: {name: d%s}\n"
L = "labels: [{pairs: {lab: '1'}}]\n"
N = "transformers:\n- |\n  apiVersion: builtin\n  kind: NamespaceTransformer\n  metadata: {name: t, namespace: tn}\n"
PX = "transformers:\n- |\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: {name: t, namespace: tn}\n  prefix: p-\n  fieldSpecs: [{path: metadata/name}]\n"
B = "buildMetadata: [%s]\n"
T = "true"
D = "apiVersion: %s\nkind: %s\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: a, image: nginx}]}}}\n"
V = "transformers:\n- |\n  apiVersion: builtin\n  kind: ValueAddTransformer\n  metadata: {name: t}\n  value: '%s'\n  targets: [{fieldPath: %s}]\n"


def R(value: str, path: str = "metadata.labels.rep") -> str:  # noqa: N802  short, as it is in every row
    return f"replacements: [{{sourceValue: '{value}', targets: [{{select: {{kind: Foo}}, fieldPaths: [{path}], options: {{create: true}}}}]}}]\n"


def c(fields: str, res: str = F % "") -> dict[str, str]:
    return {K: "resources: [r.yaml]\n" + fields, "r.yaml": res}


def merged(fields: str, version: str, kind: str) -> dict[str, str]:
    """A base, and a merge patch above."""
    patch = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: d}}\nspec: {{x: y}}\n"
    base = {f"b/{K}": f"resources: [r.yaml]\n{fields}", "b/r.yaml": D % (version, kind)}
    return {K: "resources: [b]\npatches: [{path: p.yaml}]\n", "p.yaml": patch, **base}


def made(value: str, path: str) -> str:
    return f"replacements: [{{sourceValue: '{value}', targets: [{{select: {{name: d}}, fieldPaths: [{path}], options: {{create: true}}}}]}}]\n"


def twice(first: str, second: str) -> str:
    target = "targets: [{select: {name: d}, fieldPaths: [spec.q], options: {create: true}}]"
    return "replacements:\n" + "".join(f"- {{sourceValue: {value}, {target}}}\n" for value in (first, second))


CASES = {
    "a made label": c(R(T)),
    "a made label beside others": c(L + R(T)),
    "a made label beside one that was there": c(R(T), F % ", labels: {a: b}"),
    "a made label and the managed-by label": c(R(T) + B % "managedByLabel"),
    "a made label and an origin": c(R(T) + B % "originAnnotations"),
    "a made label and transformations": c(R(T) + B % "transformerAnnotations"),
    "a made label and both annotations": c(R(T) + B % "transformerAnnotations, originAnnotations"),
    "a made label among others and the managed-by label": c(R(T) + B % "managedByLabel", F % ", labels: {a: b}"),
    "a made label, then a namespace": c(R(T) + N),
    "a made label among others, then a namespace": c(L + R(T) + N),
    "a made label, then a prefix": c(R(T) + PX),
    "a made label beside common ones": c("commonLabels: {a: b}\n" + R(T)),
    "a made label, then a suffix": {
        K: "resources: [b]\nnameSuffix: -s\n",
        "b/" + K: "resources: [r.yaml]\n" + R(T),
        "b/r.yaml": F % "",
    },
    "a made label, then others": {
        K: "resources: [b]\n" + L,
        "b/" + K: "resources: [r.yaml]\n" + R(T),
        "b/r.yaml": F % "",
    },
    "a made label, then an annotation": {
        K: "resources: [b]\ncommonAnnotations: {a: b}",
        "b/" + K: "resources: [r.yaml]\n" + R(T),
        "b/r.yaml": F % "",
    },
    "a made label, then a JSON patch": {
        K: "resources: [b]\npatches: [{target: {kind: Foo}, patch: '- {op: add, path: /x, value: 1}'}]",
        "b/" + K: "resources: [r.yaml]\n" + R(T),
        "b/r.yaml": F % "",
    },
    "a made label behind others": c(L + R(T), F % ", labels: {a: b}"),
    "a made field, then a namespace": c(L + R(T, "spec.q") + N),
    "a made annotation": c(R(T, "metadata.annotations.q") + N),
    "variables make a label a string": c(R(T) + "vars: [{name: W, objref: {apiVersion: x/v1, kind: Foo, name: d}}]\n"),
    "a merge, then a made label": c(
        "patches: [{patch: '{apiVersion: x/v1, kind: Foo, metadata: {name: d}, z: 1}'}]\n" + R(T)
    ),
    "a merge leaves the name without a tag": c(
        "patches: [{patch: '{apiVersion: x/v1, kind: Foo, metadata: {name: d}, z: 1}'}]\n" + R("7", "metadata.name")
    ),
    "a merge by target leaves the name without a tag": c(
        "patches: [{target: {kind: Foo}, patch: '{apiVersion: x/v1, kind: Foo, metadata: {name: d}, z: 1}'}]\n"
        + R("7", "metadata.name")
    ),
    "a merge leaves the namespace without a tag": c(
        "patches: [{patch: '{apiVersion: x/v1, kind: Foo, metadata: {name: d, namespace: q}, z: 1}'}]\n"
        + R("7", "metadata.namespace"),
        F % ", namespace: q",
    ),
    "a merge leaves the kind without a tag": c(
        "patches: [{patch: '{apiVersion: x/v1, kind: Foo, metadata: {name: d}, z: 1}'}]\n" + R("7", "kind")
    ),
    "a merge by target leaves the version without a tag": c(
        "patches: [{target: {kind: Foo}, patch: '{apiVersion: x/v1, kind: Foo, metadata: {name: d}, z: 1}'}]\n"
        + R("7", "apiVersion")
    ),
    "an old merge leaves the name without a tag": c("patchesStrategicMerge: [p.yaml]\n" + R("7", "metadata.name"))
    | {"p.yaml": F % "" + "z: 1\n"},
    "a JSON patch tags the name": c(
        "patches: [{target: {kind: Foo}, patch: '- {op: add, path: /x, value: 1}'}]\n" + R("7", "metadata.name")
    ),
    "a name of a file is a string": c(R("7", "metadata.name")),
    "what is generated is a string": {
        K: "configMapGenerator: [{name: g, literals: [a=b]}]\nreplacements: [{sourceValue: '7', targets: [{select: {kind: ConfigMap}, fieldPaths: [metadata.name, data.a, data.z, metadata.annotations.q], options: {create: true}}]}]\n"
    },
    "generated labels are strings": {
        K: "configMapGenerator: [{name: g, literals: [a=b], options: {labels: {a: b}, annotations: {c: d}, disableNameSuffixHash: true}}]\nreplacements: [{sourceValue: '7', targets: [{select: {kind: ConfigMap}, fieldPaths: [metadata.labels.a, metadata.annotations.c, kind, data.a]}]}]\n"
    },
    "a null label after a JSON patch": c(
        'patchesJson6902: [{target: {group: x, version: v1, kind: Foo, name: d}, patch: \'[{"op":"replace","path":"/metadata/name","value":"d"}]\'}]\n'
        + R("", "metadata.labels.app"),
        F % ", labels: {app: null}",
    ),
    "nothing over a number is refused": c(R("", "metadata.labels.app"), F % ", labels: {app: 1}"),
    "nothing over a string": c(
        'patchesJson6902: [{target: {group: x, version: v1, kind: Foo, name: d}, patch: \'[{"op":"replace","path":"/metadata/name","value":"d"}]\'}]\n'
        + R("", "metadata.labels.app"),
        F % ", labels: {app: x}",
    ),
    "nothing over a quoted string": c(
        'patchesJson6902: [{target: {group: x, version: v1, kind: Foo, name: d}, patch: \'[{"op":"replace","path":"/metadata/name","value":"d"}]\'}]\n'
        + R("", "metadata.labels.app"),
        F % ", labels: {app: 'true'}",
    ),
    "nothing, made": c(
        'patchesJson6902: [{target: {group: x, version: v1, kind: Foo, name: d}, patch: \'[{"op":"replace","path":"/metadata/name","value":"d"}]\'}]\n'
        + R("", "metadata.labels.app"),
        F % ", labels: {z: 'true'}",
    ),
    "a number made after a JSON patch": c(
        'patchesJson6902: [{target: {group: x, version: v1, kind: Foo, name: d}, patch: \'[{"op":"replace","path":"/metadata/name","value":"d"}]\'}]\n'
        + R("7", "metadata.labels.app"),
        F % ", labels: {z: 'true'}",
    ),
    "a number over a string after a JSON patch": c(
        'patchesJson6902: [{target: {group: x, version: v1, kind: Foo, name: d}, patch: \'[{"op":"replace","path":"/metadata/name","value":"d"}]\'}]\n'
        + R("7", "spec.a"),
        F % "" + "spec: {a: b}\n",
    ),
    "pieces of what is made": c(
        "replacements: [{sourceValue: 'x', targets: [{select: {kind: Foo}, fieldPaths: [spec.a, spec.b], options: {create: true, delimiter: '.', index: 1}}]}, {sourceValue: 'x', targets: [{select: {kind: Foo}, fieldPaths: [spec.c], options: {create: true, delimiter: '.', index: 0}}]}, {sourceValue: 'x', targets: [{select: {kind: Foo}, fieldPaths: [spec.d], options: {create: true, delimiter: '.', index: -1}}]}]\n"
    ),
    **{
        f"{what} {value} of a {kind}, then a merge": merged(fields, version, kind)
        for version, kind in (("apps/v1", "Deployment"), ("x/v1", "Foo"))
        for value in ("7", "true", "1.5", "yes", "null", "0777", "x")
        for what, fields in (
            ("the image", f"images: [{{name: nginx, newName: '{value}'}}]\n"),
            ("the added value", V % (value, "spec/q")),
            ("the made value", made(value, "spec.q")),
        )
    },
    "replicas, then a merge": merged("replicas: [{name: d, count: 3}]\n", "apps/v1", "Deployment"),
    "common labels, then a merge": merged("commonLabels: {a: '7', b: 'true'}\n", "apps/v1", "Deployment"),
    "a made element, then a merge": merged(made("7", "'spec.l.[name=5].q'"), "apps/v1", "Deployment"),
    "an added element, then a merge": merged(V % ("7", "'spec/l/[name=5]/q'"), "apps/v1", "Deployment"),
    "a number, then a text": c(twice("'5'", "abc")),
    "an empty name is refused": c("nameSuffix: -t\n" + R("", "metadata.name")),
    "a text, then a number": c(twice("abc", "'5'")),
    "an image, then a text": c(
        "images: [{name: nginx, newName: '7'}]\n" + made("abc", "spec.template.spec.containers.0.image"),
        D % ("x/v1", "Foo"),
    ),
    "an image, then a number": c(
        "images: [{name: nginx, newName: q}]\n" + made("7", "spec.template.spec.containers.0.image"),
        D % ("x/v1", "Foo"),
    ),
    "a prefix, then a number": c("namePrefix: q\n" + made("7", "metadata.name")),
    "a namespace, then a number": c("namespace: q\n" + R("7", "metadata.namespace")),
    "replicas, then a text are refused": c(
        "replicas: [{name: d, count: 3}]\n" + made("abc", "spec.replicas"), D % ("apps/v1", "Deployment")
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_untagged(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
