"""What kubectl prints."""

from tests.conformance.api.steps import (
    Case,
    Kubectl,
    case,
    get,
)

_FILE = """apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {k: v}
---
apiVersion: conformance.example.com/v1
kind: Widget
metadata: {name: a}
spec: {size: 1}
"""
_WRONG = """apiVersion: v1
kind: ConfigMap
metadata: {name: a}
dat: {k: v}
"""

CASES: dict[str, Case] = {
    "kubectl apply, diff, get and delete": case(
        Kubectl("apply --server-side -f {file}", _FILE),
        Kubectl("apply --server-side -f {file}", _FILE),
        Kubectl("get -f {file} -o name", _FILE),
        Kubectl("delete -f {file}", _FILE),
    ),
    "kubectl apply on the client's side": case(
        Kubectl("apply -f {file}", _FILE),
        Kubectl("apply -f {file}", _FILE.replace("k: v", "k: w")),
        Kubectl("apply --prune -l none=x -f {file}", _FILE),
        get("configmaps/a"),
    ),
    "kubectl apply of an unknown field": case(
        Kubectl("apply --server-side -f {file}", _WRONG),
        Kubectl("apply -f {file}", _WRONG),
        Kubectl("apply --validate=false -f {file}", _WRONG),
        Kubectl("create --validate=warn -f {file}", _WRONG.replace("name: a", "name: b")),
    ),
    "kubectl apply in conflict": case(
        apply_one := Kubectl("apply --server-side --field-manager=one -f {file}", _FILE),
        Kubectl("apply --server-side --field-manager=two -f {file}", _FILE.replace("k: v", "k: w")),
    ),
    "kubectl diff": case(
        Kubectl("apply --server-side -f {file}", _FILE), Kubectl("diff --server-side -f {file}", _FILE)
    ),
    "kubectl explain a custom resource": case(
        Kubectl("explain widgets.spec.ports"),
        Kubectl("explain widgets.spec.size"),
        Kubectl("explain widgets.spec.nested --recursive"),
        Kubectl("explain widgets.none"),
    ),
    "kubectl edit by hand": case(
        Kubectl("create configmap a --from-literal=k=v"),
        Kubectl("label configmap a x=y"),
        Kubectl("annotate configmap a x=y"),
        Kubectl('patch configmap a --type=json -p [{"op":"remove","path":"/data/k"}]'),
        Kubectl("get configmap a -o jsonpath={.metadata.labels}"),
        Kubectl("delete configmap a"),
    ),
    "kubectl asks who may": case(
        Kubectl("auth can-i get pods"),
        Kubectl("auth can-i get pods --as=alice"),
        Kubectl("auth can-i --list --as=alice-{ns}"),
    ),
    "kubectl errors": case(
        Kubectl("get nothings"),
        Kubectl("get configmap none"),
        Kubectl("delete configmap none"),
        Kubectl("get configmap --as=alice"),
        Kubectl("scale deployment none --replicas=1"),
        Kubectl("logs none"),
        Kubectl("get widget none"),
        Kubectl("rollout status deployment/none"),
    ),
    "kubectl waits": case(
        Kubectl("create configmap a"),
        Kubectl("wait --for=delete configmap/b --timeout=1s"),
        Kubectl("wait --for=jsonpath={.metadata.name}=a configmap/a --timeout=2s"),
        Kubectl("wait --for=condition=Ready configmap/a --timeout=1s"),
    ),
    "kubectl lists kinds": case(
        Kubectl("api-resources --api-group=apps"),
        Kubectl("api-resources --api-group=conformance.example.com -o wide"),
        Kubectl("api-resources --namespaced=false -o name"),
    ),
    "kubectl get in columns": case(
        Kubectl("create configmap a"),
        Kubectl("apply --server-side -f {file}", _FILE.partition("---")[2]),
        Kubectl("get configmap a --no-headers"),
        Kubectl("get widgets -o wide"),
        Kubectl("get widgets -o custom-columns=N:.metadata.name,S:.spec.size"),
        Kubectl("get configmaps,widgets -l none=x"),
    ),
}
