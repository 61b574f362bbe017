"""Pod logs, as the simulator writes them."""

from local_cluster.api.errors import bad_request
from local_cluster.server.answer import Answer, Stream
from local_cluster.server.request import Request
from local_cluster.state import State
from local_cluster.verbs.target import Target


def logs(state: State, target: Target, request: Request) -> Answer | Stream:
    """The log of a container."""
    pod = target.find(state)
    raise bad_request(f"no log of {pod.name}")
