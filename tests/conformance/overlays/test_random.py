"""Random kustomizations, by seed: layers, components, patches, generators, references. Equal bytes, or both refuse."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from weir import overlay, yaml

K = "kustomization.yaml"
NAMES = ("a", "b", "web", "cm")
RBAC = "rbac.authorization.k8s.io"
Body = dict[str, Any]
ODD = (
    *("0777", "1_000", "0x1F", "1e3", "1.50", "-0", "+5", "~", "null", "True", "yes", "off", "12:30", "2001-01-01"),
    *("'5'", '"true"', "'it''s'", '"a\\tb"', "'# no'", "!!str 7", "a: b".join("''"), "089", ".5", "<<".join('""')),
    *("'" + "long words in a row " * 6 + "'", '"\\u00e9\\u2028x"', "'a  b '", "=", "18446744073709551615", "''"),
)
"""Scalars as they are written; `ODD` and a number stand for them until a file is written."""


def odd(random: Random) -> str:
    return f"ODD{random.randrange(len(ODD))}."


def written(text: str) -> str:
    return re.sub(r"ODD(\d+)\.", lambda found: ODD[int(found[1])], text)


def metadata(random: Random) -> Body:
    found: Body = {"name": random.choice(NAMES)}
    if random.random() < 0.2:
        found["namespace"] = random.choice(("x", "y", "default"))
    if random.random() < 0.3:
        found["labels"] = {random.choice(("app", "q")): random.choice(("one", "1", "true", 1, odd(random)))}
    if random.random() < 0.2:
        found["annotations"] = {random.choice(("app", "q")): random.choice(("one", "1", 1, True, odd(random)))}
    return found


def container(random: Random, name: str) -> Body:
    found: Body = {"name": name, "image": random.choice(("nginx", "nginx:1", "reg:5/x:2", "busybox@sha256:ab"))}
    if random.random() < 0.4:
        found["envFrom"] = [{random.choice(("configMapRef", "secretRef")): {"name": random.choice(NAMES)}}]
    if random.random() < 0.4:
        reference = {"configMapKeyRef": {"name": random.choice(NAMES), "key": "k"}}
        found["env"] = [{"name": "E", "valueFrom": reference}, {"name": "V", "value": random.choice(("1", "x"))}]
    if random.random() < 0.3:
        found["ports"] = [{"containerPort": 80}]
    return found


def pod(random: Random) -> Body:
    found: Body = {"containers": [container(random, name) for name in random.sample("cde", random.randint(1, 2))]}
    if random.random() < 0.3:
        found["serviceAccountName"] = random.choice(NAMES)
    if random.random() < 0.4:
        name = random.choice(NAMES)
        source = random.choice(
            (
                {"configMap": {"name": name}},
                {"secret": {"secretName": name}},
                {"persistentVolumeClaim": {"claimName": name}},
            )
        )
        found["volumes"] = [{"name": "v", **source}]
    return found


def workload(random: Random) -> Body:
    spec: Body = {"template": {"spec": pod(random)}}
    if random.random() < 0.4:
        spec["replicas"] = 1
    if random.random() < 0.4:
        spec["selector"] = {"matchLabels": {"app": "z"}}
    return {"spec": spec}


def binding(random: Random) -> Body:
    subject: Body = {"kind": random.choice(("ServiceAccount", "User")), "name": random.choice((*NAMES, "default"))}
    if random.random() < 0.5:
        subject["namespace"] = random.choice(("x", "y"))
    role = {"apiGroup": RBAC, "kind": random.choice(("Role", "ClusterRole")), "name": random.choice(NAMES)}
    return {"roleRef": role, "subjects": [subject]}


def hook(random: Random) -> Body:
    service = {"name": random.choice(NAMES), "namespace": random.choice(("x", "y", "default"))}
    return {"webhooks": [{"name": "w", "clientConfig": {"service": service}}]}


Kinds = dict[tuple[str, str], Callable[[Random], Body]]
KINDS: Kinds = {
    ("v1", "ConfigMap"): lambda random: {
        "data": {"k": random.choice(("1", "x", 5, "a\nb\n", odd(random))), "o": odd(random)}
    },
    ("v1", "Secret"): lambda random: {"data": {"k": random.choice(("1", "x", 5))}},
    ("v1", "Service"): lambda _: {"spec": {"ports": [{"port": 80}], "selector": {"app": "z"}}},
    ("v1", "ServiceAccount"): lambda _: {},
    ("v1", "Namespace"): lambda _: {},
    ("v1", "PersistentVolumeClaim"): lambda _: {},
    ("v1", "Pod"): lambda random: {"spec": pod(random)},
    ("apps/v1", "Deployment"): workload,
    ("apps/v1", "StatefulSet"): workload,
    ("batch/v1", "CronJob"): lambda random: {"spec": {"jobTemplate": {"spec": {"template": {"spec": pod(random)}}}}},
    (f"{RBAC}/v1", "RoleBinding"): binding,
    (f"{RBAC}/v1", "Role"): lambda random: {"rules": [{"resourceNames": random.sample(NAMES, 2)}]},
    (f"{RBAC}/v1", "ClusterRole"): lambda random: {"rules": [{"resourceNames": random.sample(NAMES, 2)}]},
    ("networking.k8s.io/v1", "Ingress"): lambda random: {"spec": {"tls": [{"secretName": random.choice(NAMES)}]}},
    ("autoscaling/v2", "HorizontalPodAutoscaler"): lambda random: {
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": random.choice(NAMES)}}
    },
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"): hook,
    ("x.io/v1", "Foo"): lambda random: {
        "spec": {"l": [{"name": "a"}], "z": random.choice((1, 1.5, "s", None, True, [odd(random)]))}
    },
}


def objects(random: Random, kinds: Kinds) -> list[Body]:
    found: dict[tuple[str, ...], Body] = {}
    for _ in range(random.randint(1, 4)):
        (version, kind), make = random.choice(list(kinds.items()))
        body = {"apiVersion": version, "kind": kind, "metadata": metadata(random), **make(random)}
        found[kind, body["metadata"]["name"], body["metadata"].get("namespace", "default")] = body
    return list(found.values())


def patch(random: Random, body: Body) -> Body:
    chance = random.random()
    if chance < 0.35:
        path = random.choice(("/metadata/labels", "/spec", "/data", "/metadata/annotations"))
        operation = {"op": "add", "path": path, "value": random.choice(({"z": "1"}, {"z": {"q": 2}}))}
        return {"target": {"kind": body["kind"]}, "patch": yaml.dump([operation])}
    if chance < 0.65:
        known = {key: value for key, value in body["metadata"].items() if key in {"name", "namespace"}}
        merge: Body = {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": known}
        if random.random() < 0.15:
            merge["$patch"] = "delete"
        elif "spec" in body:
            changes = (
                *({"new": 1}, {"new": odd(random)}, {"template": {"spec": pod(random)}}),
                *({"l": [{"name": "b"}]}, {"replicas": None}),
            )
            merge["spec"] = random.choice(changes)
        else:
            merge["data"] = {"k": random.choice(("n", 7, None, odd(random))), "j": "w"}
        return {"patch": yaml.dump(merge)}
    name = random.choice((body["metadata"]["name"], ".*", ".*a"))
    extra = {"apiVersion": "v1", "kind": "K", "metadata": {"name": "n"}, "extra": {"m": 1}}
    return {"target": {"name": name}, "patch": yaml.dump(extra)}


def generator(random: Random, kind: str, made: list[Body]) -> Body:
    known = [body["metadata"]["name"] for body in made if body["kind"] == kind]
    found: Body = {"name": random.choice((*NAMES, "g")), "literals": [random.choice(("a=1", "k=v", "x=y z"))]}
    if known and random.random() < 0.6:
        found |= {"name": random.choice(known), "behavior": random.choice(("merge", "replace"))}
    elif random.random() < 0.1:
        found["behavior"] = random.choice(("merge", "replace", "create"))
    if random.random() < 0.2:
        found["options"] = {"disableNameSuffixHash": True}
    if random.random() < 0.2:
        found["namespace"] = random.choice(("x", "y"))
    return found


def label(random: Random) -> Body:
    where = random.choice(({}, {"includeSelectors": True}, {"includeTemplates": True}))
    return {"pairs": {"lab": random.choice(("v", "1"))}, **where}


def image(random: Random) -> Body:
    change = random.choice(({"newTag": "9"}, {"newName": "n"}, {"digest": "sha256:dd"}, {"tagSuffix": "-x"}))
    return {"name": random.choice(("nginx", "busybox", "reg:5/x")), **change}


def scaled(random: Random, made: list[Body]) -> Body:
    known = [body["metadata"]["name"] for body in made if body["kind"] in {"Deployment", "StatefulSet"}]
    return {"name": random.choice(known or NAMES), "count": 4}


Fields = dict[str, tuple[float, Callable[[Random, list[Body]], Any]]]
FIELDS: Fields = {
    "namespace": (0.35, lambda random, _: random.choice(("x", "y", "z"))),
    "namePrefix": (0.45, lambda random, _: random.choice(("p-", "q-", "1"))),
    "nameSuffix": (0.25, lambda random, _: random.choice(("-s", "-t"))),
    "labels": (0.25, lambda random, _: [label(random)]),
    "commonLabels": (0.15, lambda _random, _made: {"cl": "w"}),
    "commonAnnotations": (0.2, lambda random, _: {"an": random.choice(("w", "1"))}),
    "images": (0.3, lambda random, _: [image(random)]),
    "configMapGenerator": (0.25, lambda random, made: [generator(random, "ConfigMap", made)]),
    "secretGenerator": (0.25, lambda random, made: [generator(random, "Secret", made)]),
    "replicas": (0.1, lambda random, made: [scaled(random, made)]),
}


def layer(
    random: Random,
    files: dict[str, str],
    path: str,
    depth: int,
    kind: str = "Kustomization",
    kinds: Kinds = KINDS,
    more: Fields = FIELDS,
) -> list[Body]:
    """Write a kustomization and all below; what they made."""
    made = objects(random, kinds)
    files[f"{path}r.yaml"] = written(yaml.dump_all(made))
    fields: Body = {"kind": kind, "resources": ["r.yaml"]}
    for number in range(random.randint(1, 2) if depth else 0):
        made += layer(random, files, f"{path}b{number}/", depth - 1, kinds=kinds, more=more)
        fields["resources"].append(f"b{number}")
    if depth and random.random() < 0.3:
        made += layer(random, files, f"{path}part/", 0, "Component", kinds, more)
        fields["components"] = ["part"]
    fields |= {name: make(random, made) for name, (chance, make) in more.items() if random.random() < chance}
    if random.random() < 0.6:
        fields["patches"] = [patch(random, random.choice(made)) for _ in range(random.randint(1, 2))]
    if random.random() < 0.15:
        source = random.choice(made)
        target = {"select": {"kind": random.choice(made)["kind"]}, "fieldPaths": ["metadata.labels.rep"]}
        fields["replacements"] = [
            {
                "source": {"kind": source["kind"], "name": source["metadata"]["name"]},
                "targets": [{**target, "options": {"create": True}}],
            }
        ]
    files[f"{path}{K}"] = written(yaml.dump(fields))
    return made


def case(seed: int) -> dict[str, str]:
    random = Random(seed)
    files: dict[str, str] = {}
    layer(random, files, "", random.choice((0, 1, 1, 2)))
    return files


@pytest.mark.parametrize("seed", range(60))
def test_random(seed: int, same: Callable[[Mapping[str, str]], None]) -> None:
    same(case(seed))


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_many_random(same: Callable[[Mapping[str, str]], None]) -> None:
    seeds = range(1000, 11_000)
    different = []
    print(f"seeds {seeds.start} to {seeds.stop - 1}, {len(seeds)} overlays")  # noqa: T201  what to repeat it with
    for seed in seeds:
        try:
            same(case(seed))
        except (AssertionError, overlay.BuildError, pytest.fail.Exception):
            different.append(seed)
            print(f"seed {seed} differs")  # noqa: T201  seen while it runs
    assert different == []
