"""What can be read of an object that does not decode: its metadata and, mostly, its conditions."""

from weir.api.base import Resource, Struct
from weir.kube.errors import Undecodable
from weir.kube.object import Object
from weir.runtime.conditions import Conditions


class EnvelopeStatus(Struct):
    """The part of a status that every kind has."""

    observed_generation: int = -1
    conditions: Conditions = ()
    last_handled_reconcile_at: str = ""


class Envelope(Resource):
    """Any object of a kind that has a status."""

    status: EnvelopeStatus = EnvelopeStatus()


def envelope(live: Object) -> Envelope:
    """The object's metadata and the common part of its status; an unreadable status counts as none."""
    try:
        return live.decode(Envelope)
    except Undecodable:
        return Envelope(api_version=live.api_version, kind=live.kind, metadata=live.metadata)
