"""One webhook call: find its Receiver, verify, ask for reconciles. The whole story, top to bottom.

Answers have no body, so that a stranger learns nothing; why a call was refused is in the log, without path or token.
"""

import logging
from typing import Any

import msgspec
from aiohttp import web

from notification_controller import metrics, secret
from notification_controller.call import Call
from notification_controller.errors import BadFilter, Unverified
from notification_controller.receivers import verify
from notification_controller.trigger import ERRORS, Trigger
from notification_controller.webhook import ROOT, serves, target
from weir.api.notification import Receiver
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.object import Key

_LOG = logging.getLogger(__name__)


class Paths:
    """Receivers by the path that their status publishes."""

    def __init__(self) -> None:
        self._by_path: dict[str, dict[Key, Receiver]] = {}

    def changed(self, key: Key, old: Receiver | None, new: Receiver | None) -> None:
        """A Receiver came, changed or went."""
        if old is not None and old.status.webhook_path:
            others = self._by_path.get(old.status.webhook_path, {})
            others.pop(key, None)
            if not others:
                self._by_path.pop(old.status.webhook_path, None)
        if new is not None and new.status.webhook_path:
            self._by_path.setdefault(new.status.webhook_path, {})[key] = new

    def find(self, path: str) -> Receiver | None:
        """The Receiver at exactly this path. Of several (name and namespace run together in it) the first by name."""
        found = self._by_path.get(path)
        return found[min(found)] if found else None


class Webhooks:
    """Takes webhook calls."""

    def __init__(self, client: Client, paths: Paths, trigger: Trigger, *, cross_namespace: bool) -> None:
        self._client = client
        self._paths = paths
        self._trigger = trigger
        self._cross_namespace = cross_namespace

    async def handle(self, request: web.BaseRequest, body: bytes) -> web.Response:
        """200 all asked, 400 not verified, 404 no such path, 500 something failed, 503 not ready."""
        receiver = self._paths.find(request.raw_path) if request.raw_path.startswith(ROOT) else None
        if receiver is None:
            return web.Response(status=404)
        name = f"{receiver.metadata.namespace}/{receiver.metadata.name}"
        if not serves(receiver):
            _LOG.info("Receiver %s is suspended or not ready", name)
            return web.Response(status=503)
        call = Call(
            headers={header.lower(): value for header, value in reversed(list(request.headers.items()))}, body=body
        )
        try:
            verify(receiver.spec.type, call, await self._token(receiver), receiver.spec.events)
        except Unverified as error:
            _LOG.warning("Receiver %s: a call was refused: %s", name, error)
            return web.Response(status=400)
        except KubeError as error:
            _LOG.error("Receiver %s: its Secret cannot be read: %s", name, error)
            return web.Response(status=500)
        return web.Response(status=200 if await self._request_all(receiver, call) else 500)

    async def _token(self, receiver: Receiver) -> bytes:
        reference, namespace = receiver.spec.secret_ref, receiver.metadata.namespace
        if reference is None:
            raise Unverified("there is no secretRef")
        try:
            return (await secret.read(self._client, namespace, reference.name))["token"]
        except NotFound:
            raise Unverified(f"Secret {namespace}/{reference.name} not found") from None
        except KeyError:
            raise Unverified(f"Secret {namespace}/{reference.name} has no key token") from None

    async def _request_all(self, receiver: Receiver, call: Call) -> bool:
        """Every entry gets its chance; whether all went well."""
        well, kind = True, receiver.spec.type
        try:
            body = payload(call) if _filtered(receiver) else {}
        except BadFilter as error:
            _LOG.error("Receiver %s/%s: %s", receiver.metadata.namespace, receiver.metadata.name, error)
            return False
        for entry in receiver.spec.resources:
            try:
                named = target(receiver, entry, no_cross_namespace=not self._cross_namespace)
                asked = await self._trigger.request(named, body)
            except ERRORS as error:
                well = False
                metrics.WEBHOOKS.labels(kind, "failed").inc()
                _LOG.error("Receiver %s/%s: %s", receiver.metadata.namespace, receiver.metadata.name, error)
            else:
                metrics.WEBHOOKS.labels(kind, "requested").inc(asked)
        return well


def payload(call: Call) -> Any:
    """The body as a JSON object for filters; `{}` when the call does not say that it is JSON.

    Raises `BadFilter` when it says so and is not.
    """
    types = {part.strip().partition(";")[0].strip().lower() for part in call.header("content-type").split(",")}
    if "application/json" not in types:
        return {}
    try:
        body = msgspec.json.decode(call.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadFilter("a filter is set and the body is not a JSON object")
    return body


def _filtered(receiver: Receiver) -> bool:
    return bool(receiver.spec.resource_filter) or any(entry.filter for entry in receiver.spec.resources)
