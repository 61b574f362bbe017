"""What is made and changed, and how it is printed: rows of `spec/overlays.md` 5 to 14, 16, 23."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
DEP = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: 'nginx:1@sha512:abc'}]}}}\n"
STS = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: d}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], template: {spec: {volumes: [{name: v, image: {reference: 'nginx:1'}}], containers: [{name: c, image: nginx}]}}}\n"


def k(fields: str, res: str = CM, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": res, **more}


def o(version: str, kind: str, name: str, rest: str = "", meta: str = "") -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{meta}}}\n{rest}---\n"


NS = o("v1", "Namespace", "n")
ALL = "".join(
    o(av, k, k.lower())
    for av, k in [
        ("v1", "Node"),
        ("v1", "PersistentVolume"),
        ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"),
        ("rbac.authorization.k8s.io/v1alpha1", "ClusterRole"),
        ("gateway.networking.k8s.io/v1", "GatewayClass"),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
        ("storage.k8s.io/v1", "CSIDriver"),
        ("policy/v1beta1", "PodSecurityPolicy"),
        ("certificates.k8s.io/v1", "CertificateSigningRequest"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("apiregistration.k8s.io/v1", "APIService"),
        *(("v1", "Namespace"), ("x/v1", "Namespace"), ("scheduling.k8s.io/v1", "PriorityClass")),
        *(("networking.k8s.io/v1", "IngressClass"), ("node.k8s.io/v1", "RuntimeClass")),
    ]
)
CASES = {
    "names and namespaces by scope": k(
        "namespace: q\nnamePrefix: p-\nnameSuffix: -s\n", ALL.replace(o("x/v1", "Namespace", "namespace"), "")
    ),
    "labels by scope": k("commonLabels: {a: b}\ncommonAnnotations: {c: d}\n", ALL),
    "two namespaces in one are refused": k("namespace: q\n", NS + o("v1", "Namespace", "m")),
    "the default namespace is none": k("", CM + "---\n" + CM.replace("name: a", "name: a, namespace: default")),
    "a cluster's object has no namespace": k(
        "", o("v1", "Node", "a", "", ", namespace: x") + o("v1", "Node", "a", "", ", namespace: y")
    ),
    "a null namespace": k("namespace: q\n", o("v1", "Pod", "a", "", ", namespace: null")),
    "a number as namespace": k("namespace: '5'\n", o("v1", "Pod", "a", "", ", namespace: x")),
    "a number over a quoted namespace": k("namespace: '5'\n", o("v1", "Pod", "a", "", ", namespace: 'x'")),
    "the service of an API": k("namespace: q\n", o("apiregistration.k8s.io/v1", "APIService", "a")),
    "a conversion webhook": k(
        "namespace: q\n",
        o(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            "a",
            "spec: {conversion: {webhook: {clientConfig: {service: {name: s, namespace: z}}}}}\n",
        ),
    ),
    "a conversion webhook without a namespace": k(
        "namespace: q\n",
        o(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            "a",
            "spec: {conversion: {webhook: {clientConfig: {service: {name: s}}}}}\n",
        ),
    ),
    "subjects called default": k(
        "namespace: q\n",
        o(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "a",
            "subjects: [{kind: User, name: default}, {kind: ServiceAccount, name: 'default', namespace: z}, {kind: ServiceAccount, name: o, namespace: z}, 5]\n".replace(
                ", 5", ""
            ),
        ),
    ),
    "a binding of any group": k("namespace: q\n", o("x/v1", "RoleBinding", "a", "subjects: [{name: default}]\n")),
    "a null namespace of a subject is refused": k(
        "",
        o(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "a",
            "subjects: [{kind: ServiceAccount, name: d, namespace: null}]\n",
        ),
    ),
    "webhooks of services here and elsewhere": k(
        "namespace: q\n",
        o(
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
            "w",
            "webhooks: [{clientConfig: {service: {name: s, namespace: z}}}, {clientConfig: {service: {name: t, namespace: z}}}]\n",
        )
        + o("v1", "Service", "s", "", ", namespace: z"),
    ),
    "a prefix before numbers": k("namePrefix: '1'\n", o("v1", "Pod", "23") + o("v1", "Service", "'23'")),
    "empty annotations go": k("", o("v1", "Pod", "a", "", ", annotations: {}, labels: {}")),
    "annotations are texts": k(
        "",
        o(
            "v1",
            "Pod",
            "a",
            "",
            ", annotations: {a: 8080, b: true, c: null, d: 0x10, g: 1.0, h: [1], i: {j: k}, l: , m: 'q'}",
        ),
    ),
    "annotations that are never printed": k(
        "",
        o(
            "v1",
            "Pod",
            "a",
            "",
            ", annotations: {internal.config.kubernetes.io/path: x, internal.config.kubernetes.io/foo: y, config.kubernetes.io/index: '1', config.k8s.io/id: z, config.kubernetes.io/depends-on: w}",
        ),
    ),
    "a slash in a path": k(
        "configurations: [c.yaml]\nnamePrefix: p-\n",
        o("x/v1", "Foo", "a", "spec: {a/b: q, c: [{d: r}, {e: s}]}\n"),
        **{"c.yaml": "namePrefix: [{path: 'spec/a\\/b', kind: Foo}, {path: /spec/c/d, kind: Foo}]\n"},
    ),
    "maps on the way are made": k(
        "configurations: [c.yaml]\ncommonLabels: {l: m}\n",
        o("x/v1", "Foo", "a"),
        **{"c.yaml": "commonLabels: [{path: spec/x/y, kind: Foo, create: true}]\n"},
    ),
    "lists on the way are not": k(
        "configurations: [c.yaml]\ncommonLabels: {l: m}\n",
        o("x/v1", "Foo", "a", "spec: {z: null}\n"),
        **{
            "c.yaml": "commonLabels: [{path: 'spec/x[]/y', kind: Foo, create: true}, {path: 'spec/z[]/y', kind: Foo, create: true}]\n"
        },
    ),
    "replicas by expression are refused": k("replicas: [{name: 'd.*', count: 2}]\n", DEP),
    "replicas over a quoted number": k(
        "replicas: [{name: d, count: 2}]\n", DEP.replace("spec: {", "spec: {replicas: '1', ")
    ),
    "a text as replicas is refused": k("replicas: [{name: d, count: '2'}]\n", DEP),
    "a whole float as replicas": k("replicas: [{name: d, count: 2.0}]\n", DEP),
    "replicas by an earlier name": {
        K: "resources: [b]\nreplicas: [{name: d, count: 2}]\n",
        "b/" + K: "resources: [r.yaml]\nnamePrefix: p-\n",
        "b/r.yaml": DEP,
    },
    "replicas of a number are refused": k("replicas: [{name: d, count: 2}]\n", DEP.replace("spec: {", "spec: 5 #")),
    "replicas over a map": k("replicas: [{name: d, count: 2}]\n", DEP.replace("spec: {", "spec: {replicas: {a: b}, ")),
    "labels over labels": k("labels: [{pairs: {a: 1x}}, {pairs: {a: 2x}}]\ncommonLabels: {a: 3x}\n", DEP),
    "labels in a field": k(
        "labels: [{pairs: {a: b}, fields: [{path: spec/foo, create: true, kind: Deployment}]}]\n", DEP
    ),
    "labels in selectors": k(
        "commonLabels: {a: b}\n",
        o("batch/v1", "Job", "j", "spec: {selector: {matchLabels: {c: d}}, template: {spec: {}}}\n")
        + o("batch/v1", "CronJob", "c", "spec: {jobTemplate: {spec: {template: {spec: {}}}}}\n")
        + o("v1", "Service", "s")
        + o("v1", "ReplicationController", "rc", "spec: {template: {}}\n")
        + o("policy/v1", "PodDisruptionBudget", "p", "spec: {selector: {matchLabels: {q: r}}}\n")
        + o(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "np",
            "spec: {podSelector: {matchLabels: {x: y}}, ingress: [{from: [{podSelector: {matchLabels: {z: w}}}, {podSelector: {}}]}], egress: [{to: [{podSelector: {matchLabels: {z: w}}}]}]}\n",
        )
        + STS.replace("{name: d}", "{name: st}"),
    ),
    "annotations in templates": k(
        "commonAnnotations: {a: b}\n",
        o("batch/v1", "Job", "j", "spec: {template: {spec: {}}}\n")
        + o("batch/v1", "CronJob", "c", "spec: {jobTemplate: {spec: {template: {spec: {}}}}}\n")
        + STS.replace("{name: d}", "{name: st}"),
    ),
    "a number as label is refused": k("commonLabels: {'1': x}\n"),
    "selectors of labels": k(
        "".join("patches:\n" if i == 0 else "" for i in range(1))
        + "".join(
            f'- {{target: {{labelSelector: \'{s}\'}}, patch: \'[{{"op":"add","path":"/x{i}","value":1}}]\'}}\n'
            for i, s in enumerate(
                [
                    "a",
                    "!b",
                    "a=1",
                    "a==1",
                    "a!=2",
                    "a in (1,2)",
                    "b notin (1)",
                    "a>0",
                    "a<2",
                    "a,!c",
                    " a = 1 , b ",
                    "a in ()"[:6] + " (1)",
                ]
            )
        ),
        o("v1", "Pod", "p", "", ", labels: {a: '1'}"),
    ),
    "a bad selector of an empty patch": k("patches: [{target: {labelSelector: 'a in 1'}, patch: '[]'}]\n"),
    "an unfinished selector of an empty patch": k("patches: [{target: {labelSelector: 'a,'}, patch: '[]'}]\n"),
    "a star in a selector of an empty patch": k("patches: [{target: {annotationSelector: 'a=*'}, patch: '[]'}]\n"),
    "a target by namespace": k(
        'patches: [{target: {namespace: default}, patch: \'[{"op":"add","path":"/x","value":1}]\'}, {target: {namespace: _non_namespaceable_}, patch: \'[{"op":"add","path":"/y","value":1}]\'}]\n',
        CM + "---\n" + NS,
    ),
    "a target in any case": k(
        'patches: [{target: {kind: \'(?i)configmap\', name: \'a|b\'}, patch: \'[{"op":"add","path":"/x","value":1}]\'}]\n'
    ),
    "operations with odd paths": k(
        "patches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - {op: add, path: /l, value: [1, 2, 3]}\n    - {op: add, path: /l/-2, value: n}\n    - {op: add, path: /l/-1, value: m}\n    - {op: remove, path: /l/-1}\n    - {op: replace, path: /q, value: 0777}\n    - {op: add, path: spec/zz, value: yes}\n    - {op: test, path: /nope, value: null}\n    - {op: copy, from: /l, path: /k}\n    - {op: move, from: /k/0, path: /m}\n    - {op: add, path: /a~1b~0c}\n"
    ),
    "an unknown operation is refused": k(
        'patches: [{target: {kind: ConfigMap}, patch: \'[{"op":"zap","path":"/x"}]\'}]\n'
    ),
    "large numbers in operations": k(
        'patches: [{target: {kind: ConfigMap}, patch: \'[{"op":"add","path":"/x","value":12345678901234567}]\'}]\n',
        CM + "n: 12345678901234567\nf: 1.0\nd: 2001-01-01\n",
    ),
    "removing all is refused": k('patches: [{target: {kind: ConfigMap}, patch: \'[{"op":"remove","path":""}]\'}]\n'),
    "removing the name is refused": k(
        'patches: [{target: {kind: ConfigMap}, patch: \'[{"op":"remove","path":"/metadata/name"}]\'}]\n'
    ),
    "a patch of comments": k("patches: [{patch: '# nothing'}]\n"),
    "a patch of nothing": k("patches: [{patch: '[]', target: {kind: X}}]\n"),
    "an empty patch file": k("patches: [{path: p.yaml}]\n", CM, **{"p.yaml": ""}),
    "directives that are not known": k(
        "patches: [{path: p.yaml}]\n",
        DEP,
        **{
            "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  strategy: {$retainKeys: [type], type: Recreate}\n  template: {spec: {$setElementOrder/containers: [{name: c}], containers: [{name: c, args: [a], $deleteFromPrimitiveList/args: [b]}]}}\n"
        },
    ),
    "an unknown strategy is refused": k(
        "patches: [{path: p.yaml}]\n",
        CM,
        **{"p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {$patch: zap}\n"},
    ),
    "another kind and name": k(
        "patches: [{path: p.yaml, target: {kind: ConfigMap}, options: {allowKindChange: true, allowNameChange: true}}]\n",
        CM,
        **{"p.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: z, namespace: q}\n"},
    ),
    "two documents for one object": k(
        "patches: [{path: p.yaml}]\n",
        CM,
        **{
            "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {p: q}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n$patch: delete\n"
        },
    ),
    "keys in order": k(
        "",
        "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec: {a10: 1, a2: 2, A: 3, a: 4, a-b: 5, ab: 6, '-': 7, '1': 8, é: 9, _x: 10, 'a b': 11, aB: 12}\n",
    ),
    "numbers as printed": k(
        "",
        "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec: [1.0, 1e3, 1.0e10, 100000000000000000000, 123456.5, 1234567.5, 0.00001, 0.0001, -0.0, 1.5e-7, 1e21, 9007199254740993, -9223372036854775808]\n",
    ),
    "texts as printed": k(
        "",
        "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec: ['', '~', 'null', 'yes', '1', '1.5', '0x1', '2001-01-01', '12:30', '<<', '=', '1e400', '- a', '-a', '? x', '?x', ': x', ':x', 'a: b', 'a #b', 'a:', ' a', 'a ', '---', '...', '--', 'a::b', '%a', '@a', '`a', '!a', '&a', '*a', '|', '>', \"it's\", '\"q\"', '1_000', '1.2.3', '_1', 'TrUe', 'oN', '.inf', '.', '..']\n",
    ),
    "long texts": k(
        "",
        "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec: {p: "
        + "word " * 40
        + "x, q: '"
        + "wo: rd " * 30
        + "', r: \""
        + "w\\tord " * 30
        + "\", s: '"
        + "a  b " * 30
        + "'}\n",
    ),
    "long keys": k(
        "",
        "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec: {"
        + "k" * 129
        + ": v, "
        + "j" * 128
        + ": w, '"
        + "l l" * 60
        + "': {a: b}}\n",
    ),
    "blocks as printed": k(
        "",
        'apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec:\n- "a\\n"\n- "a\\n\\n"\n- "a\\nb"\n- " a\\nb"\n- "\\na"\n- "\\n"\n- "a \\nb"\n- "a\\n b"\n- "a\\tb\\nc"\n- "a\\n\\n\\nb\\n"\n',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_transforming(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
