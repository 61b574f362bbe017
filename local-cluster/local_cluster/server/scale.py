"""The scale subresource: replicas of a workload, or of a custom resource as its CRD says where they are."""

from typing import Any

import msgspec

from local_cluster.api.conversion import seen_body
from local_cluster.api.errors import Cause, bad_request, internal, invalid
from local_cluster.schema import builtin
from local_cluster.server import answer
from local_cluster.server.answer import Answer
from local_cluster.server.request import Request
from local_cluster.state import State
from local_cluster.verbs import body as bodies
from local_cluster.verbs import json_patch
from local_cluster.verbs.create import track
from local_cluster.verbs.patch import JSON_PATCH, merge
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import check_preconditions, replace
from weir.api.base import Kind

Body = dict[str, Any]


def scale(state: State, target: Target, request: Request) -> Answer:
    """GET, PUT and PATCH. Raises 404, 409, 422."""
    live = seen_body(target.resource, target.find(state).body())
    paths = _paths(target)
    if request.verb == "get" and target.resource.definition is not None and _get(live, paths[0]) is None:
        raise internal(f'the spec replicas field "{paths[0]}" does not exist')
    if request.verb == "get":
        return answer.document(_scale(live, paths))
    wanted = _wanted(request, _scale(live, paths))
    check_preconditions(target, live, wanted.get("metadata") or {})
    replicas = (wanted.get("spec") or {}).get("replicas", 0)
    _check(target, replicas, paths)
    body = _put(live, paths[0], replicas)
    options = Options(manager=request.manager, dry_run=request.dry_run, user=request.user)
    owner = msgspec.structs.replace(target, subresource="scale")
    written = replace(state, owner, live, body, options, tracker=track)
    return answer.document(_scale(msgspec.json.decode(written.raw), paths))


def _wanted(request: Request, shown: Body) -> Body:
    """The Scale that a PUT sends or a PATCH leaves. Raises 400, 415, 422."""
    if request.verb == "update":
        wanted = bodies.read(request.body, request.content_type)
        kind = wanted.get("kind") or "Scale"
        if kind != "Scale":
            why = f'no kind "{kind}" is registered for version "autoscaling/v1" {bodies.SCHEME}'
            raise bad_request(f'{kind} in version "v1" cannot be handled as a Scale: {why}')
    elif request.content_type.startswith(JSON_PATCH):
        wanted = json_patch.patched(shown, request.body)
    else:
        wanted = merge(shown, bodies.parse(request.body, lenient=True))
    if why := builtin(Kind("autoscaling", "v1", "Scale", "")).undecodable(wanted):
        raise bad_request(f'Scale in version "v1" cannot be handled as a Scale: {why}')
    return wanted


def _check(target: Target, replicas: int, paths: tuple[str, str, str]) -> None:
    """Raise 422 for a negative number."""
    if replicas >= 0:
        return
    resource = target.resource
    if resource.definition is None:
        text = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise invalid("autoscaling", "Scale", target.name, [Cause("spec.replicas", "FieldValueInvalid", text)])
    text = f"Invalid value: {replicas}: should be a non-negative integer"
    bodies.refuse(target, target.name, [Cause(paths[0], "FieldValueInvalid", text)])


def _paths(target: Target) -> tuple[str, str, str]:
    """Where the wanted and the present number are, and the selector."""
    if target.resource.definition is None:
        return ".spec.replicas", ".status.replicas", ".spec.selector"
    versions = target.resource.definition["versions"]
    version = next(each for each in versions if each["name"] == target.resource.version)
    known = version["subresources"]["scale"]
    return known["specReplicasPath"], known["statusReplicasPath"], known.get("labelSelectorPath", "")


def _scale(live: Body, paths: tuple[str, str, str]) -> Body:
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    metadata = {key: live["metadata"][key] for key in kept if key in live["metadata"]}
    selector = _get(live, paths[2]) if paths[2] else None
    status: Body = {"replicas": _get(live, paths[1]) or 0}
    if selector:
        status["selector"] = selector if isinstance(selector, str) else _selector(selector)
    spec = {"replicas": replicas} if (replicas := _get(live, paths[0])) else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status}


def _selector(selector: Body) -> str:
    """A LabelSelector, or the plain map of a ReplicationController, as text."""
    labels = selector.get("matchLabels") if "matchLabels" in selector or "matchExpressions" in selector else selector
    parts = [f"{key}={value}" for key, value in sorted((labels or {}).items())]
    for each in selector.get("matchExpressions") or ():
        values = ",".join(each.get("values") or ())
        words = {
            "In": f"{each['key']} in ({values})",
            "NotIn": f"{each['key']} notin ({values})",
            "Exists": each["key"],
        }
        parts.append(words.get(each["operator"], f"!{each['key']}"))
    return ",".join(parts)


def _get(body: Body, path: str) -> Any:
    value: Any = body
    for part in path.strip(".").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _put(body: Body, path: str, value: int) -> Body:
    first, _, rest = path.strip(".").partition(".")
    return {**body, first: _put(body.get(first) or {}, rest, value) if rest else value}
