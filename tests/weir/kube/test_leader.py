"""One leader at a time, by everybody's own clock, against the local cluster."""

import asyncio
import contextlib
import re
import signal
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Self

import pytest

from tests.servers.cluster import RunningCluster
from weir.kube.client import Client
from weir.kube.fence import Fence
from weir.kube.identity import connect_with
from weir.kube.kinds import LEASE
from weir.kube.leader import Election, LeadershipLost


def candidate(kube: Client, namespace: str, name: str, identity: str) -> Election:
    return Election(
        kube,
        name,
        namespace,
        identity=identity,
        lease_duration=1.5,
        renew_deadline=1.0,
        retry_period=0.2,
        fence=Fence(),
    )


def leading(log: list[str], name: str) -> Callable[[], Awaitable[None]]:
    async def lead() -> None:
        log.append(f"{name} leads")
        try:
            await asyncio.sleep(60)
        finally:
            log.append(f"{name} ends")

    return lead


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_released_lease_is_taken_over(kube: Client, namespace: str) -> None:
    log: list[str] = []
    name = f"lease-{uuid.uuid4().hex[:6]}"
    first = asyncio.create_task(candidate(kube, namespace, name, "one").run(leading(log, "one")))
    await until(lambda: log == ["one leads"])
    second = asyncio.create_task(candidate(kube, namespace, name, "two").run(leading(log, "two")))
    await asyncio.sleep(0.6)
    assert log == ["one leads"]
    await ended(first)
    await until(lambda: log == ["one leads", "one ends", "two leads"])
    spec = (await kube.get(LEASE, name, namespace)).body()["spec"]
    assert (spec["holderIdentity"], spec["leaseTransitions"]) == ("two", 1)
    await ended(second)


async def test_a_silent_leaders_lease_runs_out(kube: Client, namespace: str) -> None:
    log: list[str] = []
    dead = {
        "apiVersion": LEASE.api_version,
        "kind": "Lease",
        "metadata": {"name": "dead"},
        "spec": {"holderIdentity": "dead", "leaseDurationSeconds": 1, "renewTime": "2020-01-01T00:00:00.000000Z"},
    }
    await kube.create(LEASE, dead, namespace)
    task = asyncio.create_task(candidate(kube, namespace, "dead", "two").run(leading(log, "two")))
    await until(lambda: log == ["two leads"])
    await ended(task)


async def test_a_leader_that_cannot_renew_stops_leading(kube: Client, namespace: str) -> None:
    log: list[str] = []
    task = asyncio.create_task(candidate(kube, namespace, "lost", "one").run(leading(log, "one")))
    await until(lambda: log == ["one leads"])
    await kube.patch(LEASE, "lost", namespace, {"spec": {"holderIdentity": "two", "leaseDurationSeconds": 3600}})
    with pytest.raises(LeadershipLost, match="two holds it"):
        await asyncio.wait_for(task, 10)
    assert log == ["one leads", "one ends"]


async def test_a_leader_whose_work_ends_is_done(kube: Client, namespace: str) -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    await asyncio.wait_for(candidate(kube, namespace, "short", "one").run(work), 10)
    assert (await kube.get(LEASE, "short", namespace)).body()["spec"]["holderIdentity"] == ""


class Relay:
    """Passes bytes on to the cluster until it is frozen; then it takes them and says nothing."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        self._open.set()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def freeze(self) -> None:
        self._open.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        onward, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._pass(reader, back), self._pass(onward, writer))
        for end in (back, writer):
            end.close()
            with contextlib.suppress(ConnectionError):
                await end.wait_closed()
        self._tasks.discard(task)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                await self._open.wait()
                target.write(data)
        target.close()


async def test_a_leader_cut_off_from_the_server_ends_at_the_deadline_before_another_begins(
    cluster: RunningCluster, kube: Client, namespace: str
) -> None:
    log: list[str] = []
    async with Relay(cluster.port) as relay:
        config = cluster.kubeconfig.read_text().replace(str(cluster.port), str(relay.port))
        far = await connect_with(config.encode())
        first = asyncio.create_task(candidate(far, namespace, "cut", "one").run(leading(log, "one")))
        await until(lambda: log == ["one leads"])
        second = asyncio.create_task(candidate(kube, namespace, "cut", "two").run(leading(log, "two")))
        await asyncio.sleep(0.5)
        frozen = time.monotonic()
        relay.freeze()
        await until(lambda: log[1:] == ["one ends"])
        assert 0.5 < time.monotonic() - frozen < 1.4, "within the deadline of 1 s after the last renewal"
        with pytest.raises(LeadershipLost, match="not renewed within 1s"):
            await first
        await until(lambda: log == ["one leads", "one ends", "two leads"])
        await ended(second)
        await far.close()


CANDIDATE = """
import asyncio, sys
from weir.kube.identity import connect
from weir.kube.fence import Fence
from weir.kube.leader import Election, LeadershipLost

async def lead():
    print("leads", flush=True)
    try:
        while True:
            await asyncio.sleep(0.05)
    finally:
        print("ends", flush=True)

async def main(kubeconfig, namespace):
    client = await connect(kubeconfig, user_agent="candidate")
    election = Election(client, "stopped", namespace, identity="one",
                        lease_duration=1.5, renew_deadline=1.0, retry_period=0.2, fence=Fence())
    try:
        await election.run(lead)
    except LeadershipLost as error:
        print(error, flush=True)
    await client.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_process_that_slept_through_its_deadline_leads_no_more(
    cluster: RunningCluster, kube: Client, namespace: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CANDIDATE, str(cluster.kubeconfig), namespace, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 20) == b"leads\n"
    process.send_signal(signal.SIGSTOP)
    log: list[str] = []
    second = asyncio.create_task(candidate(kube, namespace, "stopped", "two").run(leading(log, "two")))
    await until(lambda: log == ["two leads"])
    process.send_signal(signal.SIGCONT)
    said = (await asyncio.wait_for(process.stdout.read(), 10)).decode()
    assert said == f"ends\nlease {namespace}/stopped: not renewed within 1s\n"
    assert await process.wait() == 0
    spec = (await kube.get(LEASE, "stopped", namespace)).body()["spec"]
    assert (spec["holderIdentity"], spec["leaseTransitions"]) == ("two", 1)
    await ended(second)


async def test_times_are_written_as_client_go_writes_them(kube: Client, namespace: str) -> None:
    log: list[str] = []
    task = asyncio.create_task(candidate(kube, namespace, "form", "one").run(leading(log, "one")))
    await until(lambda: log == ["one leads"])
    spec = (await kube.get(LEASE, "form", namespace)).body()["spec"]
    micro_time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
    assert micro_time.fullmatch(spec["renewTime"])
    assert micro_time.fullmatch(spec["acquireTime"])
    assert (spec["leaseDurationSeconds"], spec["leaseTransitions"]) == (2, 0)
    await ended(task)


def test_periods_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="must be longer than the renew deadline"):
        Election(None, "n", "ns", identity="x", lease_duration=1, renew_deadline=2, fence=Fence())  # type: ignore[arg-type]  # nothing is sent
