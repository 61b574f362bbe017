"""The last step of a deletion: an object that is marked and has no finalizer left goes."""

from local_cluster.state import State
from local_cluster.verbs.body import Body
from local_cluster.verbs.target import Target


def finished(body: Body) -> bool:
    """Whether a marked object may go now."""
    metadata = body["metadata"]
    if not metadata.get("deletionTimestamp") or metadata.get("finalizers"):
        return False
    waits = metadata.get("deletionGracePeriodSeconds") or (body.get("spec") or {}).get("finalizers")
    return not waits


def remove_if_finished(state: State, target: Target, body: Body) -> bool:
    """Remove the stored object when its new state says that nothing holds it any more."""
    if not finished(body):
        return False
    state.store.remove(target.resource.storage, target.namespace, target.name)
    return True
