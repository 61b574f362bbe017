"""Resources that are asked and never stored: access reviews, who am I, token reviews, component statuses."""

from collections.abc import Callable
from typing import Any

from local_cluster.api.errors import Cause, method_not_allowed
from local_cluster.auth import reviews
from local_cluster.auth.authentication import of_claims
from local_cluster.auth.tokens import AUDIENCE, BadToken
from local_cluster.auth.user import ADMIN
from local_cluster.server import answer
from local_cluster.server.answer import Answer
from local_cluster.server.request import Request
from local_cluster.state import State
from local_cluster.verbs import body as bodies
from local_cluster.verbs.target import Target

Body = dict[str, Any]


def _access(state: State, target: Target, _request: Request, spec: Body) -> Body:
    _one_attribute(target, spec)
    if not spec.get("user") and not spec.get("groups"):
        text = 'Invalid value: "null": at least one of user or group must be specified'
        bodies.refuse(target, "", [Cause("spec.user", "FieldValueInvalid", text)])
    return reviews.access(state.authorizer, reviews.subject(spec), spec)


def _local_access(state: State, target: Target, request: Request, spec: Body) -> Body:
    asked = (spec.get("resourceAttributes") or {}).get("namespace", "")
    if asked != target.namespace:
        text = f'Invalid value: "{asked}": must match metadata.namespace'
        bodies.refuse(target, "", [Cause("spec.resourceAttributes.namespace", "FieldValueInvalid", text)])
    return _access(state, target, request, spec)


def _own_access(state: State, target: Target, request: Request, spec: Body) -> Body:
    _one_attribute(target, spec)
    return reviews.access(state.authorizer, request.user, spec)


def _one_attribute(target: Target, spec: Body) -> None:
    given = [key for key in ("resourceAttributes", "nonResourceAttributes") if spec.get(key) is not None]
    if len(given) != 1:
        text = 'Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified'
        bodies.refuse(target, "", [Cause("spec.resourceAttributes", "FieldValueInvalid", text)])


def _own_rules(state: State, _target: Target, request: Request, spec: Body) -> Body:
    return reviews.rules(state.authorizer, request.user, spec.get("namespace") or "")


def _self(_state: State, _target: Target, request: Request, _spec: Body) -> Body:
    return {"userInfo": reviews.info(request.user)}


def _token(state: State, _target: Target, _request: Request, spec: Body) -> Body:
    token, audiences = spec.get("token") or "", tuple(spec.get("audiences") or (AUDIENCE,))
    if state.tokens.is_admin(token):
        return {"authenticated": True, "user": reviews.info(ADMIN), "audiences": list(audiences)}
    try:
        user = of_claims(state, state.tokens.read(token), audiences)
    except BadToken as bad:
        return {"user": {}, "error": f"[invalid bearer token, {bad}]"}
    return {"authenticated": True, "user": reviews.info(user), "audiences": list(audiences)}


Question = Callable[[State, Target, Request, Body], Body]
_QUESTIONS: dict[tuple[str, str], Question] = {
    ("authorization.k8s.io", "subjectaccessreviews"): _access,
    ("authorization.k8s.io", "localsubjectaccessreviews"): _local_access,
    ("authorization.k8s.io", "selfsubjectaccessreviews"): _own_access,
    ("authorization.k8s.io", "selfsubjectrulesreviews"): _own_rules,
    ("authentication.k8s.io", "selfsubjectreviews"): _self,
    ("authentication.k8s.io", "tokenreviews"): _token,
}


def virtual(state: State, target: Target, request: Request) -> Answer | None:
    """The answer to a question; None when the resource is a stored one. Raises 400, 405, 422."""
    question = _QUESTIONS.get((target.resource.group, target.resource.plural))
    if question is None:
        return None
    if request.verb != "create":
        raise method_not_allowed()
    body = bodies.identify(target, bodies.read(request.body, request.content_type))
    bodies.require_decodable(state, target, body)
    body["metadata"].pop("resourceVersion", None)
    return answer.document(body | {"status": question(state, target, request, body.get("spec") or {})}, 201)
