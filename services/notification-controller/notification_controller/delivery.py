"""From a matching Alert to a delivery: who gets the event, who does not, and why. Pure."""

import msgspec

from notification_controller.errors import Refused
from notification_controller.metadata import merge
from notification_controller.wire import decode, pack
from weir.api.base import Struct
from weir.api.event import USER_PREFIX, Event
from weir.api.notification import COMMIT_STATUS_TYPES, Alert, Provider

CHANGE_REQUEST_TYPES = ("githubpullrequestcomment", "gitlabmergerequestcomment", "giteapullrequestcomment")
_UPDATE = "the event is for commit statuses only"
_TAKES_UPDATES = (*COMMIT_STATUS_TYPES, "generic", "generic-hmac")


class Reference(Struct):
    """An object that a Kubernetes event can be put on."""

    namespace: str
    name: str
    uid: str = ""


class Delivery(Struct, kw_only=True):
    """One event for one Provider on behalf of one Alert, as it waits in the queue. Holds nothing secret."""

    alert: Reference
    provider: str
    """Name of the Provider, in the Alert's namespace."""
    event: msgspec.Raw
    """The event with this Alert's metadata, as JSON."""

    def read_event(self) -> Event:
        """The event itself."""
        return decode(bytes(self.event))


def read(body: bytes) -> Delivery:
    """A delivery as it came from the queue, its event included.

    Raises `msgspec.MsgspecError`, `UnicodeDecodeError` or `RecursionError` when somebody else put it there.
    """
    delivery = _DECODER.decode(body)
    delivery.read_event()
    return delivery


_DECODER = msgspec.json.Decoder(Delivery)


class Plan(Struct, kw_only=True):
    """What becomes of an event for one Alert."""

    delivery: Delivery | None = None
    skipped: str = ""
    """Why nothing is sent, when nothing is."""
    expected: bool = True
    """Whether a skipped event is everyday; else the log tells, because users look for it."""
    conflicts: dict[str, list[str]] = {}
    """Metadata keys that more than one source set."""


def plan(event: Event, alert: Alert, provider: Provider | None, *, no_cross_namespace: bool, identities: bool) -> Plan:
    """Deliver, or skip with a reason; the first rule that applies decides. Raises `Refused`.

    `identities` is the feature gate ObjectLevelWorkloadIdentity.
    """
    namespace, name = alert.metadata.namespace, alert.spec.provider_ref.name if alert.spec else ""
    if no_cross_namespace and event.involved_object.namespace != namespace:
        raise Refused(
            f"access to namespace {event.involved_object.namespace!r} is not allowed (--no-cross-namespace-refs)"
        )
    if provider is None or provider.spec is None:
        raise Refused(f"Provider {namespace}/{name} not found")
    if provider.spec.suspend:
        return Plan(skipped="provider suspended")
    if skipped := _skipped(event, provider.spec.type):
        return Plan(skipped=skipped, expected=skipped == _UPDATE)
    if provider.spec.service_account_name and not identities:
        raise Refused(f"Provider {namespace}/{name}: serviceAccountName needs the gate ObjectLevelWorkloadIdentity")
    merged = merge(event, alert)
    reference = Reference(namespace, alert.metadata.name, alert.metadata.uid)
    delivery = Delivery(alert=reference, provider=name, event=msgspec.Raw(pack(merged.event)))
    return Plan(delivery=delivery, conflicts=merged.conflicts)


def _skipped(event: Event, provider_type: str) -> str:
    update = event.metadata.get(f"{event.involved_object.group}/commit_status") == "update"
    if update and provider_type not in _TAKES_UPDATES:
        return _UPDATE
    if (
        provider_type in COMMIT_STATUS_TYPES
        and not event.metadata.get(USER_PREFIX + "commit")
        and not update
        and event.severity != "error"
    ):
        return "the event is not for commit statuses"
    if provider_type in CHANGE_REQUEST_TYPES and not event.metadata.get(USER_PREFIX + "change_request"):
        return "the event names no change request"
    return ""
