"""Resources that are asked and never stored: access reviews, who am I, token reviews, component statuses."""

from collections.abc import Callable
from typing import Any

from local_cluster.api.errors import Cause, bad_request, invalid, method_not_allowed
from local_cluster.auth import reviews
from local_cluster.auth.authentication import of_claims
from local_cluster.auth.tokens import AUDIENCE, BadToken
from local_cluster.auth.user import ADMIN
from local_cluster.schema.causes import shown
from local_cluster.server import answer
from local_cluster.server.answer import Answer
from local_cluster.server.negotiation import plain_form
from local_cluster.server.request import Request
from local_cluster.state import State, now, timestamp
from local_cluster.verbs import body as bodies
from local_cluster.verbs.create import track
from local_cluster.verbs.target import Options, Target

Body = dict[str, Any]


def _access(state: State, target: Target, _request: Request, spec: Body) -> Body:
    _one_attribute(target, spec)
    if not spec.get("user") and not spec.get("groups"):
        _refuse(target, "spec.user", 'Invalid value: "": at least one of user or group must be specified')
    return reviews.access(state.authorizer, reviews.subject(spec), spec)


def _local_access(state: State, target: Target, request: Request, spec: Body) -> Body:
    asked = (spec.get("resourceAttributes") or {}).get("namespace", "")
    if asked != target.namespace:
        text = f'Invalid value: "{asked}": must match metadata.namespace'
        _refuse(target, "spec.resourceAttributes.namespace", text)
    return _access(state, target, request, spec)


def _own_access(state: State, target: Target, request: Request, spec: Body) -> Body:
    _one_attribute(target, spec)
    return reviews.access(state.authorizer, request.user, spec)


def _one_attribute(target: Target, spec: Body) -> None:
    given = [key for key in ("resourceAttributes", "nonResourceAttributes") if spec.get(key) is not None]
    if not given:
        text = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        _refuse(target, "spec.resourceAttributes", text)
    if len(given) > 1:
        asked = {name.capitalize(): value for name, value in spec["nonResourceAttributes"].items()}
        text = f"Invalid value: {shown(asked)}: cannot be specified in combination with resourceAttributes"
        _refuse(target, "spec.nonResourceAttributes", text)


def _refuse(target: Target, field: str, text: str) -> None:
    raise invalid(target.resource.group, "", "", [Cause(field, "FieldValueInvalid", text)])


def _own_rules(state: State, _target: Target, request: Request, spec: Body) -> Body:
    if not spec.get("namespace"):
        raise bad_request("no namespace on request")
    return reviews.rules(state.authorizer, request.user, spec["namespace"])


def _self(_state: State, _target: Target, request: Request, _spec: Body) -> Body:
    return {"userInfo": reviews.info(request.user)}


def _token(state: State, _target: Target, _request: Request, spec: Body) -> Body:
    token, audiences = spec.get("token") or "", tuple(spec.get("audiences") or (AUDIENCE,))
    if not token:
        raise bad_request("token is required for TokenReview in authentication")
    if state.tokens.is_admin(token):
        return {"authenticated": True, "user": reviews.info(ADMIN), "audiences": list(audiences)}
    try:
        claims = state.tokens.read(token)
    except BadToken:
        return {"user": {}, "error": "invalid bearer token"}
    try:
        user = of_claims(state, claims, audiences)
    except BadToken as bad:
        return {"user": {}, "error": f"[invalid bearer token, {bad}]"}
    shared = [name for name in audiences if name in claims["aud"]]
    return {"authenticated": True, "user": reviews.info(user), "audiences": shared}


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
    return _answered(state, target, request, body, question)


def _answered(state: State, target: Target, request: Request, body: Body, question: Question) -> Answer:
    plain_form(request.accept)
    body["metadata"].pop("resourceVersion", None)
    options = Options(manager=request.manager, validation=request.validation, sent=request.body, warnings=[])
    bodies.prune(state, target, body, options)
    if target.resource.plural == "selfsubjectreviews":
        body["metadata"]["creationTimestamp"] = timestamp(now())
    else:
        body = track(state, target, None, body, options)
    status = question(state, target, request, body.get("spec") or {})
    if target.resource.plural == "selfsubjectrulesreviews":  # the answer does not say what was asked
        body |= {"metadata": {}, "spec": {}}
    return answer.with_warnings(answer.document(body | {"status": status}, 201), options.warnings)
