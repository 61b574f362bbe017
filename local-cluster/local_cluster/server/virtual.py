"""Resources that are asked and never stored: access reviews, token reviews, component statuses."""

from collections.abc import Callable

from local_cluster.server.answer import Answer, Stream
from local_cluster.server.request import Request
from local_cluster.state import State
from local_cluster.verbs.target import Target

Handler = Callable[[State, Target, Request], Answer | Stream]
VIRTUAL: dict[tuple[str, str], Handler] = {}
