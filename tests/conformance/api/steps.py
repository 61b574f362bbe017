"""The words of a case: requests, watches and commands, as both clusters are given them.

In any text `{ns}` is the case's namespace, and `$2.metadata.uid` is that value of the second answer, from 0.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class Call(NamedTuple):
    """One request. `until` polls it, for a while, until the code is that number or the text stands in the body."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = {}
    token: str | None = None
    until: str = ""


class Watch(NamedTuple):
    """Opens a watch; `Events` reads from it."""

    path: str
    headers: Mapping[str, str] = {}


class Events(NamedTuple):
    """The next events of the watch that was opened as step `watch`."""

    watch: int
    number: int


class Kubectl(NamedTuple):
    """A command line, and what it prints; `{file}` is a file that holds `stdin`."""

    line: str
    stdin: str = ""


Step = Call | Watch | Events | Kubectl


class Case(NamedTuple):
    """Steps whose answers are to be alike."""

    steps: tuple[Step, ...]
    missing: str = ""
    """What the local cluster does not have: its last answer says so instead, and holds this text."""


def case(*steps: Step, missing: str = "") -> Case:
    return Case(steps, missing)


_CORE = (
    "configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates replicationcontrollers "
    "resourcequotas secrets serviceaccounts services"
)
_GROUPS = {
    "apps/v1": "deployments replicasets statefulsets daemonsets controllerrevisions",
    "autoscaling/v2": "horizontalpodautoscalers",
    "batch/v1": "jobs cronjobs",
    "coordination.k8s.io/v1": "leases",
    "discovery.k8s.io/v1": "endpointslices",
    "networking.k8s.io/v1": "ingresses networkpolicies",
    "policy/v1": "poddisruptionbudgets",
    "rbac.authorization.k8s.io/v1": "roles rolebindings",
    "conformance.example.com/v1": "widgets gadgets frozens",
}
_ROOTS = dict.fromkeys(_CORE.split(), "/api/v1/namespaces/{ns}/") | {
    plural: f"/apis/{group}/namespaces/{{ns}}/" for group, plurals in _GROUPS.items() for plural in plurals.split()
}


def at(path: str) -> str:
    """`configmaps/a?x=y` as a whole path; one that begins with a slash stays."""
    plural = path.partition("?")[0].partition("/")[0]
    return path if path.startswith("/") else _ROOTS[plural] + path


def get(path: str, accept: str = "", **more: Any) -> Call:
    return Call("GET", at(path), headers={"Accept": accept} if accept else {}, **more)


def post(path: str, body: Any, media: str = "application/json", **more: Any) -> Call:
    return Call("POST", at(path), body, {"Content-Type": media}, **more)


def put(path: str, body: Any, media: str = "application/json", **more: Any) -> Call:
    return Call("PUT", at(path), body, {"Content-Type": media}, **more)


def patch(path: str, body: Any, media: str = MERGE, **more: Any) -> Call:
    return Call("PATCH", at(path), body, {"Content-Type": media}, **more)


def apply(path: str, body: Any, manager: str = "one", query: str = "", **more: Any) -> Call:
    """A server-side apply; `query` such as `&force=true`."""
    return patch(f"{path}?fieldManager={manager}{query}", body, APPLY, **more)


def delete(path: str, body: Any = None, **more: Any) -> Call:
    return Call("DELETE", at(path), body, {}, **more)


def until(text: str, call: Call) -> Call:
    """Ask until the answer has a code, or a text in its body written as JSON; only that last answer is compared."""
    return call._replace(until=text)


def as_user(user: str, call: Call, **headers: str) -> Call:
    """The same request for someone else; `Group="x"` impersonates a group too."""
    more = {f"Impersonate-{name}": value for name, value in headers.items()}
    return call._replace(headers={**call.headers, "Impersonate-User": user, **more})


def watch(path: str, query: str = "", accept: str = "") -> Watch:
    return Watch(at(f"{path}?watch=1{query}"), {"Accept": accept} if accept else {})


def body(api_version: str, kind: str, name: str = "", **parts: Any) -> dict[str, Any]:
    """An object; `meta` joins its metadata."""
    metadata = {**({"name": name} if name else {}), **parts.pop("meta", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def config(name: str = "a", **parts: Any) -> dict[str, Any]:
    return body("v1", "ConfigMap", name, **parts)


def widget(name: str = "a", **parts: Any) -> dict[str, Any]:
    return body("conformance.example.com/v1", "Widget", name, **parts)
