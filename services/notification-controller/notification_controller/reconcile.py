"""A Receiver gets its path. The whole story, top to bottom.

Expressions and rules are checked first, because nothing but a change of the Receiver helps there. The Secret comes
second: its token is what the path is made of.
"""

from collections.abc import Iterable

from notification_controller import secret
from notification_controller.errors import BadFilter, InvalidExpression, InvalidReceiver, TokenNotFound
from notification_controller.filter_process import FilterProcess
from notification_controller.receivers import VERIFIERS
from notification_controller.webhook import path
from weir.api.notification import Receiver
from weir.kube.errors import NotFound, Undecodable
from weir.kube.kinds import SECRET
from weir.kube.object import Key
from weir.kube.watch import Change, Store
from weir.runtime.controller import Controller, Watch
from weir.runtime.outcome import Ready, Severity
from weir.runtime.queue import Priority, Wake
from weir.runtime.run import Run


def controller(filters: FilterProcess, *, concurrent: int, configs: str) -> Controller[Receiver]:
    """What the loop needs to know of Receivers. `configs` selects the Secrets that are watched; empty: none."""

    async def reconcile(run: Run[Receiver]) -> Ready:
        problem = invalid(run.object)
        if problem:
            raise InvalidReceiver(problem)
        await _check_filters(run.object, filters)
        token = await _token(run)
        published = path(token, run.key.name, run.key.namespace)
        run.record(webhook_path=published)
        return Ready("Succeeded", f"Receiver initialized for path: {published}", severity=Severity.TRACE)

    async def finalize(_: Run[Receiver]) -> None:
        """Nothing is kept outside the object."""

    watches = (Watch(SECRET, _readers, labels=configs),) if configs else ()
    return Controller(type=Receiver, reconcile=reconcile, finalize=finalize, watches=watches, concurrent=concurrent)


def invalid(receiver: Receiver) -> str:
    """Which rule the Receiver breaks, for API servers that did not check; empty when none."""
    spec = receiver.spec
    if spec.type != "generic-oidc" and spec.oidc_providers:
        return "spec.oidcProviders can only be set when spec.type is 'generic-oidc'"
    if spec.type == "generic-oidc" and not spec.oidc_providers:
        return "spec.oidcProviders must have at least one entry when spec.type is 'generic-oidc'"
    if spec.type == "generic-oidc" and spec.secret_ref is not None:
        return "spec.secretRef must not be set when spec.type is 'generic-oidc'"
    if spec.type != "generic-oidc" and spec.secret_ref is None:
        return "spec.secretRef is required when spec.type is not 'generic-oidc'"
    if spec.type not in VERIFIERS:
        return f"spec.type {spec.type!r} is not supported yet"
    return ""


async def _check_filters(receiver: Receiver, filters: FilterProcess) -> None:
    fields = [("spec.resourceFilter", receiver.spec.resource_filter)]
    fields += [(f"spec.resources[{index}].filter", each.filter) for index, each in enumerate(receiver.spec.resources)]
    for field, expression in fields:
        if expression:
            try:
                await filters.check([expression])
            except BadFilter as error:
                raise InvalidExpression(f"{field}: {error}") from None


async def _token(run: Run[Receiver]) -> bytes:
    reference = run.object.spec.secret_ref
    assert reference is not None
    try:
        data = await secret.read(run.client, run.key.namespace, reference.name)
    except NotFound:
        raise _no_token(run, f"Secret {run.key.namespace}/{reference.name} not found") from None
    except Undecodable as error:
        raise _no_token(run, str(error)) from None
    if "token" not in data:
        raise _no_token(run, f"Secret {run.key.namespace}/{reference.name} has no key token")
    return data["token"]


def _no_token(run: Run[Receiver], message: str) -> TokenNotFound:
    run.record(webhook_path="")
    run.notify(Severity.ERROR, message, reason="Failed")
    return TokenNotFound(message)


def _readers(change: Change, store: Store) -> Iterable[Wake]:
    """The Receivers whose token a Secret holds."""
    meta = change.object.metadata
    for key, found in store.items():
        if key.namespace == meta.namespace and _names(found.body(), meta.name):
            yield Wake(Key(key.namespace, key.name), Priority.DEPENDENCY, f"Secret {meta.namespace}/{meta.name}")


def _names(receiver: dict[str, object], secret_name: str) -> bool:
    spec = receiver.get("spec")
    reference = spec.get("secretRef") if isinstance(spec, dict) else None
    return isinstance(reference, dict) and reference.get("name") == secret_name
