"""Subresources other than status: scale, token, log, eviction, binding, finalize, approval."""

from collections.abc import Callable
from typing import Any

import msgspec

from local_cluster.api.conversion import seen_body
from local_cluster.api.errors import ApiError, Cause, bad_request, conflict, too_many_requests
from local_cluster.auth.tokens import AUDIENCE
from local_cluster.schema import apply as fields
from local_cluster.schema import builtin
from local_cluster.server import answer
from local_cluster.server.answer import Answer, Stream
from local_cluster.server.logs import logs
from local_cluster.server.request import Request
from local_cluster.server.scale import scale
from local_cluster.server.token import claims
from local_cluster.state import State, now, timestamp
from local_cluster.verbs import body as bodies
from local_cluster.verbs.create import track
from local_cluster.verbs.delete import delete, options_of
from local_cluster.verbs.patch import patch
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace, update
from weir.api.base import Kind

Body = dict[str, Any]
_SHORTEST = 600
_HOUR = 3600


def _token(state: State, target: Target, request: Request) -> Answer:
    """TokenRequest."""
    account = target.find(state)
    body = bodies.read(request.body, request.content_type)
    spec = body.get("spec") or {}
    seconds = spec.get("expirationSeconds") or _HOUR
    _check_duration(seconds)
    spec = {**spec, "expirationSeconds": seconds}
    tracked = _tracked(spec, request.manager)
    audiences = list(spec.get("audiences") or [AUDIENCE])
    bound = _bound(state, target, spec.get("boundObjectRef"))
    signed = claims(account, seconds, audiences, bound)
    expires = timestamp(now().fromtimestamp(signed["exp"], now().tzinfo))
    status = {"token": state.tokens.sign(signed), "expirationTimestamp": expires}
    spec = {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": spec.get("boundObjectRef")}
    metadata: Body = {"name": target.name, "namespace": target.namespace, "creationTimestamp": timestamp(now())}
    kind = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1"}
    metadata |= {"uid": account.uid, "managedFields": tracked}
    return answer.document({**kind, "metadata": metadata, "spec": spec, "status": status}, 201)


def _tracked(spec: Body, manager: str) -> list[Body]:
    """The managed fields of a TokenRequest."""
    version = "authentication.k8s.io/v1"
    schema = builtin(Kind("authentication.k8s.io", "v1", "TokenRequest", ""))
    body: Body = {"kind": "TokenRequest", "apiVersion": version, "metadata": {}, "spec": spec}
    body = fields.update(None, body, schema, manager=manager, api_version=version, subresource="token", now=now())
    found: list[Body] = body["metadata"].get("managedFields") or []
    return found


def _check_duration(seconds: int) -> None:
    """Raise 422 for a token that would live too shortly or too long."""
    why = ""
    if seconds < _SHORTEST:
        why = "less than 10 minutes"
    elif seconds > 1 << 32:
        why = "larger than 2^32 seconds"
    if why:
        text = f"Invalid value: {seconds}: may not specify a duration {why}"
        _refuse_token([Cause("spec.expirationSeconds", "FieldValueInvalid", text)])


def _refuse_token(causes: list[Cause]) -> None:
    from_ = "; ".join(f"{cause.field}: {cause.message}" for cause in causes)
    details = {"group": "authentication.k8s.io", "kind": "TokenRequest"}
    details_causes = [{"reason": each.reason, "message": each.message, "field": each.field} for each in causes]
    text = f'TokenRequest.authentication.k8s.io "" is invalid: {from_}'
    raise ApiError(422, "Invalid", text, {**details, "causes": details_causes})


def _bound(state: State, target: Target, reference: Body | None) -> Body:
    """What a token dies with: a pod or a secret. Raises 400, 404, 409."""
    if not reference:
        return {}
    plural = {"Pod": "pods", "Secret": "secrets"}.get(reference.get("kind", ""))
    if plural is None:
        kind = f"/{reference.get('apiVersion', '')}, Kind={reference.get('kind', '')}"
        raise bad_request(f"cannot bind token to object of type {kind}")
    resource = state.registry.find("", "v1", plural)
    assert resource is not None
    held = Target(resource, target.namespace, reference.get("name", "")).find(state)
    if reference.get("uid") not in (None, "", held.uid):
        text = f"the UID in the bound object reference ({reference['uid']}) does not match the UID in record"
        text += ". The object might have been deleted and then recreated"
        raise conflict("", reference["kind"], held.name, text)
    return {plural[:-1]: {"name": held.name, "uid": held.uid}}


def _evict(state: State, target: Target, request: Request) -> Answer:
    """Eviction: a deletion that disruption budgets may hold up."""
    body = bodies.read(request.body, request.content_type)
    pod = target.find(state)
    if (body.get("metadata") or {}).get("name") != target.name:
        raise bad_request("name in URL does not match name in Eviction object")
    for budget in state.store.shelf("policy/poddisruptionbudgets").entries(target.namespace):
        if _covers(budget.body(), pod.labels) and (budget.body().get("status") or {}).get("disruptionsAllowed", 1) < 1:
            raise too_many_requests("Cannot evict pod as it would violate the pod's disruption budget.", 0)
    options = options_of(body.get("deleteOptions") or {})
    delete(state, msgspec.structs.replace(target, subresource=""), options)
    return answer.document(
        {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
    )


def _covers(budget: Body, labels: dict[str, str]) -> bool:
    wanted = ((budget.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return bool(wanted) and all(labels.get(key) == value for key, value in wanted.items())


def _bind(state: State, target: Target, request: Request) -> Answer:
    """Binding: the node that a pod runs on."""
    node = (bodies.read(request.body, request.content_type).get("target") or {}).get("name", "")
    if not node:
        raise ApiError(500, "", "target.name: Required value")
    live = target.find(state).body()
    pods = msgspec.structs.replace(target, subresource="")
    body = {**live, "spec": {**live["spec"], "nodeName": node}}
    replace(state, pods, live, body, Options(manager=request.manager, user=request.user), tracker=track)
    return answer.document(
        {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
    )


def _finalize(state: State, target: Target, request: Request) -> Answer:
    """The finalizers of a namespace."""
    body = bodies.identify(target, bodies.read(request.body, request.content_type))
    live = target.find(state).body()
    finalizers = (body.get("spec") or {}).get("finalizers") or []
    spec = {**live.get("spec", {}), "finalizers": finalizers}
    wanted = {**live, "metadata": body["metadata"], "spec": spec}
    options = Options(manager=request.manager, user=request.user)
    return answer.raw(replace(state, target, live, wanted, options, tracker=track).raw)


def _part(state: State, target: Target, request: Request) -> Answer:
    """Subresources that show the whole object and write a part of it."""
    if request.verb == "get":
        return answer.document(seen_body(target.resource, target.find(state).body()))
    options = Options(manager=request.manager, dry_run=request.dry_run, user=request.user)
    if request.verb == "patch":
        return answer.raw(patch(state, target, request.body, request.content_type, options).raw)
    return answer.raw(update(state, target, bodies.read(request.body, request.content_type), options).raw)


Handler = Callable[[State, Target, Request], Answer | Stream]
SUBRESOURCES: dict[str, Handler] = {
    "approval": _part,
    "binding": _bind,
    "ephemeralcontainers": _part,
    "eviction": _evict,
    "finalize": _finalize,
    "log": logs,
    "resize": _part,
    "scale": scale,
    "token": _token,
}
"""What is not here (attach, exec, portforward, proxy) is answered with 501."""
