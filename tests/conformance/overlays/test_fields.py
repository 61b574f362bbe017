"""Labels, annotations, images, replicas, build metadata (`spec/overlays.md` 14, 15, 16, 22.4)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"


def workload(version: str, kind: str, spec: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n"


POD = "{containers: [{name: a, image: 'nginx:1.0'}, {name: b, image: 'reg:5000/nginx'}, {name: c, image: 'busybox@sha256:abc'}], initContainers: [{name: i, image: nginx}], ephemeralContainers: [{name: e, image: nginx}]}"
EVERY = "---\n".join(
    (
        workload(
            "apps/v1",
            "Deployment",
            "{selector: {matchLabels: {old: a}}, template: {metadata: {labels: {old: a}}, spec: {affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {old: a}}}]}}, topologySpreadConstraints: [{labelSelector: {matchLabels: {old: a}}}]}}}",
        ),
        workload("apps/v1", "StatefulSet", "{volumeClaimTemplates: [{metadata: {name: v}}]}"),
        workload("apps/v1", "DaemonSet", "{}"),
        workload("apps/v1", "ReplicaSet", "{}"),
        workload("v1", "ReplicationController", "{}"),
        workload("batch/v1", "Job", "{}"),
        workload("batch/v1", "CronJob", "{}"),
        workload("v1", "Service", "{ports: [{port: 1}]}"),
        workload(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "{podSelector: {matchLabels: {a: b}}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}, {namespaceSelector: {}}]}]}",
        ),
        workload("policy/v1", "PodDisruptionBudget", "{selector: {matchLabels: {a: b}}}"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {'a': 'quoted'}}\n",
        workload("x.io/v1", "Foo", "{template: {metadata: {}}, selector: {}}"),
    )
)


def every(text: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{text}", "r.yaml": EVERY}


def image(text: str, spec: str = POD) -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\nimages: [{text}]",
        "r.yaml": workload("v1", "Pod", spec)
        + "---\n"
        + workload("batch/v1", "CronJob", f"{{jobTemplate: {{spec: {{template: {{spec: {spec}}}}}}}}}")
        + "---\n"
        + workload("x.io/v1", "Foo", f"{{deep: [{spec}], template: {{spec: {spec}}}}}"),
    }


def count(text: str) -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\nreplicas: [{text}]",
        "r.yaml": workload("apps/v1", "Deployment", "{replicas: '1'}")
        + "---\n"
        + workload("apps/v1", "StatefulSet", "{}")
        + "---\n"
        + workload("x.io/v1", "Foo", "{replicas: 1}"),
    }


CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
CASES = {
    "common labels": every("commonLabels: {app: q, a: z}"),
    "labels": every("labels: [{pairs: {app: q, a: z}}]"),
    "labels with selectors": every("labels: [{pairs: {app: q}, includeSelectors: true}]"),
    "labels with templates": every("labels: [{pairs: {app: q}, includeTemplates: true}]"),
    "labels with fields": every(
        "labels: [{pairs: {app: q}, fields: [{path: spec/extra/labels, kind: Foo, create: true}]}]"
    ),
    "labels with contradicting fields are refused": every(
        "labels: [{pairs: {app: q}, fields: [{path: metadata/labels, create: false}]}]"
    ),
    "labels and common labels": every("labels: [{pairs: {app: one, b: c}}]\ncommonLabels: {app: two}"),
    "two labels": every("labels: [{pairs: {app: one}}, {pairs: {app: two}}]"),
    "labels without pairs": every("labels: [{includeSelectors: true}]"),
    "labels with selectors that are overwritten without": {
        K: "resources: [b]\nlabels: [{pairs: {app: two}}]",
        f"b/{K}": "resources: [r.yaml]\nlabels: [{pairs: {app: one}, includeSelectors: true}]",
        "b/r.yaml": EVERY,
    },
    "labels that a patch overwrites": {
        K: "resources: [b]\npatches: [{patch: '{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: x, labels: {app: two}}}'}]",
        f"b/{K}": "resources: [r.yaml]\nlabels: [{pairs: {app: one}, includeSelectors: true}]\ncommonAnnotations: {n: one}",
        "b/r.yaml": EVERY,
    },
    "annotations that are overwritten": {
        K: "resources: [b]\npatches: [{patch: '{apiVersion: batch/v1, kind: CronJob, metadata: {name: x, annotations: {n: two}}}'}]",
        f"b/{K}": "resources: [r.yaml]\ncommonAnnotations: {n: one}",
        "b/r.yaml": EVERY,
    },
    "annotations that are overwritten after a prefix": {
        K: "resources: [b]\npatches: [{patch: '{apiVersion: batch/v1, kind: CronJob, metadata: {name: x, annotations: {n: two}}, spec: {jobTemplate: {metadata: {annotations: {n: three}}}}}'}]",
        f"b/{K}": "resources: [c]\nnamePrefix: p-",
        f"b/c/{K}": "resources: [r.yaml]\ncommonAnnotations: {n: one}",
        "b/c/r.yaml": EVERY,
    },
    "labels that a JSON patch unlinked": {
        K: "resources: [b]\nlabels: [{pairs: {app: two}}]\npatches: [{target: {}, patch: '- {op: add, path: /metadata/labels/z, value: z}'}]",
        f"b/{K}": "resources: [r.yaml]\nlabels: [{pairs: {app: one}, includeSelectors: true}]",
        "b/r.yaml": EVERY,
    },
    "labels that are replaced": {
        K: "resources: [b]\nreplacements: [{source: {kind: ConfigMap, name: x, fieldPath: kind}, targets: [{select: {kind: DaemonSet}, fieldPaths: [metadata.labels.app]}]}]",
        f"b/{K}": "resources: [r.yaml]\nlabels: [{pairs: {app: one}, includeSelectors: true}]",
        "b/r.yaml": EVERY,
    },
    "a label of nothing": every("commonLabels: {b: null, c: ''}"),
    "a label that is a number is refused": every("commonLabels: {b: 1}"),
    "a label that looks like a number": every("commonLabels: {b: '1', c: 'true'}"),
    "a label whose key looks like a number is refused": every("commonLabels: {'1': x}"),
    "common annotations": every("commonAnnotations: {app: q, n: '1'}"),
    "an annotation whose key looks like a number is refused": every("commonAnnotations: {'1': x}"),
    "labels by configuration": {
        **every("labels: [{pairs: {app: q}}]\ncommonAnnotations: {z: q}\nconfigurations: [c.yaml]"),
        "c.yaml": "labels: [{path: spec/labels, kind: Foo, create: true}]\ncommonAnnotations: [{path: spec/notes, kind: Foo, create: true}]\n",
    },
    "a contradicting configuration is refused": {
        **every("commonLabels: {app: q}\nconfigurations: [c.yaml]"),
        "c.yaml": "commonLabels: [{path: metadata/labels, create: false}]\n",
    },
    "a scalar on the way is refused": {
        K: "resources: [r.yaml]\ncommonLabels: {a: b}",
        "r.yaml": workload("apps/v1", "Deployment", "5"),
    },
    "null labels": {
        K: "resources: [r.yaml]\ncommonLabels: {a: b}",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: null, annotations: null}\n",
    },
    "a tag": image("{name: nginx, newTag: '2'}"),
    "a name": image("{name: nginx, newName: other}"),
    "a digest": image("{name: nginx, digest: sha256:def}"),
    "a tag and a digest": image("{name: nginx, newTag: '2', digest: sha256:def}"),
    "a tag over a digest": image("{name: busybox, newTag: '2'}"),
    "a name over a digest": image("{name: busybox, newName: b}"),
    "a registry with a port": image("{name: 'reg:5000/nginx', newTag: '2'}"),
    "a suffix of the tag": image("{name: nginx, tagSuffix: -a}"),
    "a suffix of the tag and a name": image("{name: nginx, newName: other, tagSuffix: -a}"),
    "a suffix beside a tag": image("{name: nginx, newTag: '3', tagSuffix: -a}"),
    "an expression": image("{name: 'ngi.*', newTag: '2'}"),
    "an alternative": image("{name: 'n|nginx', newTag: '2'}"),
    "a name with a tag in it": image("{name: nginx, newName: 'foo:9'}"),
    "a number for a name": image(
        "{name: nginx, newName: '12'}", "{containers: [{name: a, image: nginx}, {name: b, image: 'nginx'}]}"
    ),
    "two that follow one another": image("{name: nginx, newName: bar}, {name: bar, newTag: '3'}"),
    "no change": image("{name: nginx}"),
    "an unknown image": image("{name: nope, newTag: '1'}"),
    "null containers": image("{name: nginx, newTag: '2'}", "{containers: null, initContainers: null}"),
    "containers without image": image(
        "{name: nginx, newTag: '2'}", "{containers: [{name: a}, {name: b, image: null}]}"
    ),
    "containers that are no maps are refused": image("{name: nginx, newTag: '2'}", "{containers: [a]}"),
    "containers that are no list": image("{name: nginx, newTag: '2'}", "{containers: {a: b}}"),
    "image volumes": image(
        "{name: nginx, newTag: '2'}", "{containers: [], volumes: [{name: v, image: {reference: 'nginx:1'}}]}"
    ),
    "another digest algorithm": image(
        "{name: nginx, newTag: '2'}",
        "{containers: [{name: a, image: 'nginx@sha512:abc'}, {name: b, image: 'nginx:1@sha256:abc'}]}",
    ),
    "images by configuration": {
        K: "resources: [r.yaml]\nimages: [{name: nginx, newTag: '2'}]\nconfigurations: [c.yaml]",
        "r.yaml": workload("x.io/v1", "Foo", "{runner: {image: 'nginx:1'}}"),
        "c.yaml": "images: [{path: spec/runner/image, kind: Foo}]\n",
    },
    "a definition is left alone": {
        K: "resources: [r.yaml]\nimages: [{name: nginx, newTag: '2'}]",
        "r.yaml": workload("apiextensions.k8s.io/v1", "CustomResourceDefinition", "{containers: [{image: nginx}]}"),
    },
    "replicas": count("{name: x, count: 3}"),
    "replicas of nothing are refused": count("{name: zz, count: 3}"),
    "replicas of zero": count("{name: x, count: 0}"),
    "replicas as a float": count("{name: x, count: 3.0}"),
    "replicas as text are refused": count("{name: x, count: '3'}"),
    "replicas by an earlier name": {
        K: "resources: [b]\nreplicas: [{name: x, count: 7}]",
        f"b/{K}": "resources: [r.yaml]\nnamePrefix: p-",
        "b/r.yaml": workload("apps/v1", "Deployment", "{}"),
    },
    "the managed-by label": {K: "resources: [r.yaml]\nbuildMetadata: [managedByLabel, zap]", "r.yaml": CM},
    "origins": {
        K: "resources: [r.yaml, b]\nbuildMetadata: [originAnnotations]\nconfigMapGenerator: [{name: g}]",
        "r.yaml": CM,
        f"b/{K}": "resources: [s.yaml]\nsecretGenerator: [{name: h}]",
        "b/s.yaml": CM.replace("cm", "sm"),
    },
    "transformations": {
        K: "resources: [r.yaml, b]\nbuildMetadata: [transformerAnnotations]\nnamePrefix: t-\npatches: [{target: {kind: Foo}, patch: '- {op: add, path: /x, value: 1}'}]\nlabels: [{pairs: {a: b}}]\nimages: [{name: a, newTag: b}]",
        "r.yaml": CM,
        f"b/{K}": "resources: [s.yaml]\nnamespace: x\ncommonLabels: {q: w}\ncommonAnnotations: {e: r}",
        "b/s.yaml": CM.replace("cm", "sm"),
    },
    "origins and transformations of a base above": {
        "@": "top",
        f"top/{K}": "resources: [../b]\nbuildMetadata: [originAnnotations, transformerAnnotations]\nnameSuffix: -x",
        f"b/{K}": "resources: [s.yaml]\nnamePrefix: p-",
        "b/s.yaml": CM,
    },
}


@pytest.mark.parametrize("case", CASES)
def test_fields(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
