"""One request for a resource, top to bottom: find it, do the verb, write the answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from local_cluster.api.conversion import seen
from local_cluster.api.errors import (
    ApiError,
    Cause,
    NotServed,
    invalid,
    method_not_allowed,
    no_such_resource,
    no_such_verb,
)
from local_cluster.api.resources import builtin_groups
from local_cluster.schema.warnings import DEPRECATED
from local_cluster.server import answer
from local_cluster.server.answer import Answer, Stream
from local_cluster.server.negotiation import form
from local_cluster.server.request import Place, Request
from local_cluster.server.subresources import SUBRESOURCES
from local_cluster.server.views import View
from local_cluster.server.virtual import virtual
from local_cluster.state import State
from local_cluster.tables import Tables
from local_cluster.verbs import body as bodies
from local_cluster.verbs.create import create
from local_cluster.verbs.delete import DeleteOptions, delete, options_of
from local_cluster.verbs.listing import Bounds, page, selection, unreadable
from local_cluster.verbs.patch import APPLY_PATCH, patch
from local_cluster.verbs.target import Options, Target, Written
from local_cluster.verbs.update import update
from local_cluster.verbs.watching import Wanted, Watch

_TABLES = Tables()
_LONGEST_WATCH = 3600.0
_LONGEST_MANAGER = 128


def dispatch(state: State, request: Request) -> Answer | Stream:
    """Answer a request that was authorized. Raises `ApiError`, and `NotServed` for a path that is none."""
    place = request.place
    resource = state.registry.find(place.group, place.version, place.plural)
    if resource is None:
        raise _unknown(place)
    target = Target(resource, place.namespace if resource.namespaced else "", place.name, place.subresource)
    _check_scope(target, request)
    if (answered := virtual(state, target, request)) is not None:
        return answered
    if place.subresource and place.subresource != "status":
        return _subresource(state, target, request)
    if place.subresource and "status" not in resource.subresources:
        raise _no_subresource(target)
    if request.verb not in resource.verbs or (request.verb in ("create", "delete") and place.subresource):
        raise _no_verb(target, request)
    return _told(target, VERBS[request.verb](state, target, request))


def _told(target: Target, found: Answer | Stream) -> Answer | Stream:
    """The answer with a warning when the resource is deprecated."""
    text = DEPRECATED.get(f"{target.resource.api_version}/{target.resource.plural}")
    return answer.with_warnings(found, [text]) if text and isinstance(found, Answer) else found


def _unknown(place: Place) -> Exception:
    """404 of a resource: a Status where the built-in API is, plain text where none is served."""
    return no_such_resource() if place.group in builtin_groups() else NotServed()


def _check_scope(target: Target, request: Request) -> None:
    """Raise 404 or 405 for a path with a namespace too many or too few."""
    place, resource = request.place, target.resource
    custom = resource.definition is not None
    if place.namespace and not resource.namespaced:
        raise NotServed if custom else no_such_resource()
    if not resource.namespaced or place.namespace:
        return
    if place.name or (custom and request.verb not in ("list", "watch")):
        raise NotServed if custom else no_such_resource()
    if request.verb not in ("list", "watch") and _QUESTIONS not in resource.group:
        raise method_not_allowed()


_QUESTIONS = "authorization.k8s.io"


def _no_subresource(target: Target) -> ApiError:
    return target.missing() if target.resource.definition is not None else no_such_resource()


def _no_verb(target: Target, request: Request) -> ApiError:
    resource = target.resource
    if resource.definition is None:
        return method_not_allowed()
    return no_such_verb(resource.group, resource.plural, request.verb)


def _subresource(state: State, target: Target, request: Request) -> Answer | Stream:
    known = target.resource.subresources.get(target.subresource)
    handler = SUBRESOURCES.get(target.subresource)
    if known is None:
        raise _no_subresource(target)
    if handler is None:
        raise ApiError(501, "NotImplemented", f"the local cluster runs no containers: {known.name} is not served")
    if request.verb not in known.verbs:
        raise _no_verb(target, request)
    return handler(state, target, request)


def _view(target: Target, request: Request) -> View:
    return View(target.resource, form(request.accept), _TABLES, request.query.get("includeObject") or "Metadata")


def _options(request: Request) -> Options:
    return Options(
        manager=request.manager,
        dry_run=request.dry_run,
        validation=request.validation,
        sent=request.body if bodies.is_text(request.content_type) else b"",
        force=request.flag("force"),
        user=request.user,
        warnings=[],
    )


def _readable(request: Request) -> None:
    """Raise 500, as the API server does, for a resource version that is no number."""
    revision = request.query.get("resourceVersion", "")
    if revision and not revision.isdigit():
        raise ApiError(500, "", unreadable(revision))


@contextmanager
def _warned(options: Options) -> Iterator[None]:
    """Let a refusal tell what there was to warn of."""
    try:
        yield
    except ApiError as refused:
        refused.warnings = options.warnings
        raise


def _get(state: State, target: Target, request: Request) -> Answer:
    view = _view(target, request)
    _readable(request)
    view.require_one()
    return answer.raw(view.one(seen(target.resource, target.find(state).raw)), media=view.form.media)


def _list(state: State, target: Target, request: Request) -> Answer:
    query, view = request.query, _view(target, request)
    view.require_many()
    chosen = selection(target.resource, query.get("labelSelector", ""), query.get("fieldSelector", ""))
    bounds = Bounds(
        request.number("limit"),
        query.get("continue", ""),
        query.get("resourceVersion", ""),
        query.get("resourceVersionMatch", ""),
        "sendInitialEvents" in query,
    )
    request.number("timeoutSeconds")
    found = page(state, target.resource, target.namespace, chosen, bounds)
    return answer.raw(view.page(found), media=view.form.media)


def _watch(state: State, target: Target, request: Request) -> Stream:
    query, view = request.query, _view(target, request)
    fields = query.get("fieldSelector", "")
    if target.name:
        fields = f"metadata.name={target.name}"
    wanted = Wanted(
        target.namespace,
        selection(target.resource, query.get("labelSelector", ""), fields),
        query.get("resourceVersion", ""),
        request.flag("allowWatchBookmarks"),
        request.flag("sendInitialEvents") if "sendInitialEvents" in query else None,
        query.get("resourceVersionMatch", ""),
        float(request.number("timeoutSeconds")) or _LONGEST_WATCH,
    )
    watch = Watch(state, target.resource, wanted, view.shape())
    watch.start()
    return Stream(watch.batches(), close=watch.close)


def _create(state: State, target: Target, request: Request) -> Answer:
    options = _options(request)
    if causes := manager_causes(request.query.get("fieldManager", "")):
        raise invalid("meta.k8s.io", "CreateOptions", "", causes)
    body = bodies.read(request.body, request.content_type, target.resource.kind)
    bodies.require_kind(target, body, request.body)
    with _warned(options):
        written = create(state, target, body, options)
    return _written(target, request, written, options)


def _update(state: State, target: Target, request: Request) -> Answer:
    options = _options(request)
    body = bodies.read(request.body, request.content_type, target.resource.kind)
    bodies.require_kind(target, body, request.body)
    if not target.subresource and state.entry(target.resource, target.namespace, target.name) is None:
        raise target.missing()
    with _warned(options):
        written = update(state, target, body, options)
    return _written(target, request, written, options)


def _patch(state: State, target: Target, request: Request) -> Answer:
    options = _options(request)
    _check_patch_options(request)
    with _warned(options):
        written = patch(state, target, request.body, request.content_type, options)
    return _written(target, request, written, options)


def _check_patch_options(request: Request) -> None:
    applies = request.content_type.startswith(APPLY_PATCH)
    causes = manager_causes(request.query.get("fieldManager", ""))
    if applies and not request.query.get("fieldManager"):
        text = "Required value: is required for apply patch"
        causes.append(Cause("fieldManager", "FieldValueRequired", text))
    if not applies and "force" in request.query:
        text = "Forbidden: may not be specified for non-apply patch"
        causes.append(Cause("force", "FieldValueForbidden", text))
    if causes:
        raise invalid("meta.k8s.io", "PatchOptions", "", causes)


def manager_causes(manager: str) -> list[Cause]:
    """What is wrong with the name of a field manager."""
    if len(manager.encode()) > _LONGEST_MANAGER:
        text = f"Too long: may not be more than {_LONGEST_MANAGER} bytes"
        return [Cause("fieldManager", "FieldValueTooLong", text)]
    bad = next(((i, each) for i, each in enumerate(manager) if not each.isprintable()), None)
    if bad is None:
        return []
    shown = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in manager)
    text = f'Invalid value: "{shown}": invalid character U+{ord(bad[1]):04X} (at position {bad[0]})'
    return [Cause("fieldManager", "FieldValueInvalid", text)]


def _written(target: Target, request: Request, written: Written, options: Options) -> Answer:
    view = _view(target, request)
    code = 201 if written.created else 200
    return answer.with_warnings(answer.raw(view.one(written.raw), code, view.form.media), options.warnings)


def delete_options(request: Request) -> DeleteOptions:
    """The options of a DELETE: of its body, and of its query when the body says nothing. Raises 400."""
    body: dict[str, Any] = {}
    if request.body.strip():
        body = bodies.read(request.body, request.content_type)
    else:
        body = {key: request.query[key] for key in ("propagationPolicy",) if key in request.query}
        if "gracePeriodSeconds" in request.query:
            body["gracePeriodSeconds"] = request.number("gracePeriodSeconds")
        if "orphanDependents" in request.query:
            body["orphanDependents"] = request.flag("orphanDependents")
    options = options_of(body)
    return msgspec.structs.replace(options, dry_run=("All",)) if request.dry_run else options


def _delete(state: State, target: Target, request: Request) -> Answer:
    code, body = delete(state, target, delete_options(request))
    view = _view(target, request)
    encoded = msgspec.json.encode(body)
    shown = encoded if body.get("kind") == "Status" else view.one(encoded)
    return answer.raw(shown, code, view.form.media)


def _delete_collection(state: State, target: Target, request: Request) -> Answer:
    options, view = delete_options(request), _view(target, request)
    chosen = selection(target.resource, request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""))
    found = page(state, target.resource, target.namespace, chosen, Bounds())
    for entry in found.entries:
        delete(state, msgspec.structs.replace(target, namespace=entry.namespace, name=entry.name), options)
    return answer.raw(view.page(found), media=view.form.media)


Handler = Callable[[State, Target, Request], Answer | Stream]
VERBS: dict[str, Handler] = {
    "get": _get,
    "list": _list,
    "watch": _watch,
    "create": _create,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
    "deletecollection": _delete_collection,
}
