"""Pod logs, as the simulator writes them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from local_cluster.api.errors import bad_request
from local_cluster.server.answer import Stream
from local_cluster.server.request import Request
from local_cluster.simulator.logs import Entry, NotStarted, entries
from local_cluster.state import State, now
from local_cluster.verbs.body import Body
from local_cluster.verbs.target import Target


def logs(state: State, target: Target, request: Request) -> Stream:
    """The log of a container, as the query wants it (`follow`, `previous`, `tailLines`, `sinceSeconds`, ...).

    Raises 400 when the container is not there or has no log yet (the latter with the first chunk).
    """
    for name in ("tailLines", "limitBytes", "sinceSeconds"):
        request.number(name)
    pod = target.find(state).body()
    container = _container(pod, request.query.get("container", ""))
    return Stream(_chunks(pod, container, request, _since(request)), "text/plain")


def _container(pod: Body, name: str) -> str:
    """The container that is meant. Raises 400."""
    spec = pod["spec"]
    names = [each["name"] for each in spec["containers"]]
    more = [each["name"] for each in spec.get("initContainers") or ()]
    if name and name not in names + more:
        raise bad_request(f"container {name} is not valid for pod {pod['metadata']['name']}")
    if not name and len(names) > 1:
        choose = (
            f"a container name must be specified for pod {pod['metadata']['name']}, choose one of: [{' '.join(names)}]"
        )
        raise bad_request(choose + (f" or one of the init containers: [{' '.join(more)}]" if more else ""))
    return name or names[0]


def _since(request: Request) -> datetime | None:
    if seconds := request.number("sinceSeconds"):
        return now() - timedelta(seconds=seconds)
    if text := request.query.get("sinceTime"):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError:
            raise bad_request(f"sinceTime: cannot parse {text!r} as RFC 3339") from None
    return None


async def _chunks(pod: Body, container: str, request: Request, since: datetime | None) -> AsyncIterator[bytes]:
    begun = now()
    stamped, previous = request.flag("timestamps"), request.flag("previous")
    try:
        past = [entry async for entry in entries(pod, container, begun, previous=previous)]
    except NotStarted as early:
        raise bad_request(str(early)) from None
    wanted = [entry for entry in past if since is None or entry.time >= since]
    if "tailLines" in request.query:
        count = request.number("tailLines")
        wanted = wanted[-count:] if count > 0 else []
    shown = b"".join(_line(entry, stamped=stamped) for entry in wanted)
    limit = request.number("limitBytes")
    yield shown[:limit] if limit else shown
    if not request.flag("follow"):
        return
    seen = 0
    async for entry in entries(pod, container, begun, follow=True):
        seen += 1
        if seen > len(past):
            yield _line(entry, stamped=stamped)


def _line(entry: Entry, *, stamped: bool) -> bytes:
    stamp = f"{entry.time.strftime('%Y-%m-%dT%H:%M:%S.%f')}000Z " if stamped else ""
    return f"{stamp}{entry.text}\n".encode()
