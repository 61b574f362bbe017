"""The runner of the whole suite: the cluster, NATS and the controllers, each a process of its own."""

import asyncio
import contextlib
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec

from local_cluster import install, kubeconfigs
from local_cluster.certificates import write_private
from local_cluster.ports import Ports, kept
from local_cluster.processes import Process
from weir.kube.identity import connect

NAMES = ("source-controller", "kustomize-controller", "notification-controller")
_START = 30.0
"""Seconds that a process has to become ready."""


class Broken(Exception):
    """The suite could not be started; the message says what to look at."""


class Ready(msgspec.Struct):
    """The line that the cluster's process prints when it can be used."""

    url: str
    kubeconfig: str


@dataclass(frozen=True)
class Running:
    """The running suite: where everything is."""

    directory: Path
    url: str
    kubeconfig: Path
    """The administrator's."""
    ports: Ports
    processes: dict[str, Process]
    """By name: `cluster` unless it was there before, `nats`, and the controllers."""

    def write_kubeconfig(self, target: Path) -> None:
        """Copy the administrator's kubeconfig to a file that only its owner can read."""
        target.parent.mkdir(parents=True, exist_ok=True)
        write_private(target, self.kubeconfig.read_bytes())

    def describe(self) -> str:
        """Where everything is, for people."""
        lines = [
            ("API server", self.url),
            ("kubeconfig", f"export KUBECONFIG={self.kubeconfig}"),
            ("logs and state", str(self.directory)),
        ]
        if "source-controller" in self.processes:
            lines.append(("artifacts", f"http://127.0.0.1:{self.ports.artifacts}/"))
        if "notification-controller" in self.processes:
            lines.append(("events", f"http://127.0.0.1:{self.ports.events}/"))
            lines.append(("webhooks", f"http://127.0.0.1:{self.ports.webhooks}/hook/..."))
        lines += [
            (f"{name} metrics", f"http://127.0.0.1:{self.ports.metrics[name]}/metrics")
            for name in NAMES
            if name in self.processes
        ]
        return "".join(f"  {name:32}{value}\n" for name, value in lines)

    async def interrupted(self) -> None:
        """Wait for Ctrl-C or SIGTERM."""
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, asked.set)
        await asked.wait()


def controllers(text: str) -> tuple[str, ...]:
    """The controllers that `all`, `none` or a list of names means. Raises `ValueError` with the names there are."""
    if text in {"all", "none"}:
        return NAMES if text == "all" else ()
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in NAMES:
            raise ValueError(f"{name!r} is none of {', '.join(NAMES)}")
    return names


@contextlib.asynccontextmanager
async def start(
    wanted: Sequence[str],
    *,
    directory: Path | None = None,
    port: int = 0,
    existing: Path | None = None,
    say: Callable[[str], None],
) -> AsyncIterator[Running]:
    """Start the suite; it is stopped, in reverse order, when the block ends.

    With a directory the state survives; without one it is thrown away. `existing` is an administrator's kubeconfig: the
    suite is installed in that cluster instead of one of its own. Raises `Broken` when a part does not come up.
    """
    async with contextlib.AsyncExitStack() as stack:
        if directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weir-")))
        directory = directory.resolve()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        processes: dict[str, Process] = {}

        async def launch(name: str, command: Sequence[str]) -> Process:
            process = Process(name, command, directory / f"{name}.log", say)
            processes[name] = process
            await process.start()
            stack.push_async_callback(process.stop)
            return process

        url, kubeconfig = _there(existing) if existing else await _cluster(launch, directory, port, say)
        running = Running(directory, url, kubeconfig, kept(directory, wanted), processes)
        if wanted:
            say("installing the suite's definitions and accounts")
            await _install(running, wanted, replicas=0 if existing else 1)
        if "notification-controller" in wanted:
            say("starting NATS")
            await launch("nats", [_binary("nats-server"), "-c", str(_nats(directory, running.ports.nats))])
        for name in wanted:
            say(f"starting {name}")
            await launch(name, [_binary(name), *_flags(name, running, wanted)])
        await asyncio.gather(*(_healthy(name, running) for name in wanted))
        yield running


Launch = Callable[[str, Sequence[str]], Awaitable[Process]]


def _there(kubeconfig: Path) -> tuple[str, Path]:
    """Address and kubeconfig of a cluster that is there."""
    try:
        return str(kubeconfigs.cluster(kubeconfig).get("server")), kubeconfig.resolve()
    except kubeconfigs.Unusable as error:
        raise Broken(str(error)) from None


async def _cluster(launch: Launch, directory: Path, port: int, say: Callable[[str], None]) -> tuple[str, Path]:
    """Start an API server and wait for its line: address and kubeconfig."""
    say("starting the cluster")
    log = directory / "cluster.log"
    offset = log.stat().st_size if log.exists() else 0
    state = ["--dir", str(directory / "cluster"), "--port", str(port)]
    process = await launch("cluster", [sys.executable, "-m", "local_cluster.serve", *state])
    try:
        async with asyncio.timeout(_START):
            while True:
                _require_alive(process)
                for line in log.read_bytes()[offset:].splitlines():
                    with contextlib.suppress(msgspec.DecodeError):
                        ready = msgspec.json.decode(line, type=Ready)
                        return ready.url, Path(ready.kubeconfig)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Broken(f"the cluster did not start within {_START:g}s: see {log}") from None


def _require_alive(process: Process) -> None:
    """Raise `Broken` with the last words of a process that died while it started."""
    if process.deaths:
        words = process.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise Broken(f"{process.name} does not start: {words[-1] if words else 'it said nothing'}")


async def _install(running: Running, wanted: Sequence[str], replicas: int) -> None:
    """Apply the suite's objects, and write each controller the kubeconfig of its own account."""
    client = await connect(str(running.kubeconfig), user_agent="weir-local")
    try:
        logs = {name: running.directory / f"{name}.log" for name in wanted}
        await install.install(client, logs, replicas=replicas)
        for name in wanted:
            target = _kubeconfig(running, name)
            await kubeconfigs.write_account(client, running.kubeconfig, install.NAMESPACE, name, target)
    except install.Occupied as error:
        raise Broken(str(error)) from None
    finally:
        await client.close()


async def _healthy(name: str, running: Running) -> None:
    """Wait until a controller says that it is ready."""
    address = f"http://127.0.0.1:{running.ports.health[name]}/readyz"
    try:
        async with asyncio.timeout(_START), aiohttp.ClientSession() as session:
            while True:
                _require_alive(running.processes[name])
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(address) as answer:
                        if answer.ok:
                            return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Broken(f"{name} is not ready after {_START:g}s: see {running.directory / name}.log") from None


def _kubeconfig(running: Running, name: str) -> Path:
    return running.directory / f"{name}.kubeconfig"


def _flags(name: str, running: Running, wanted: Sequence[str]) -> list[str]:
    """The flags of a controller on the loopback."""
    ports = running.ports
    flags = [
        f"--kubeconfig={_kubeconfig(running, name)}",
        f"--health-addr=127.0.0.1:{ports.health[name]}",
        f"--metrics-addr=127.0.0.1:{ports.metrics[name]}",
    ]
    if name == "notification-controller":
        return [
            *flags,
            f"--events-addr=127.0.0.1:{ports.events}",
            f"--receiverAddr=127.0.0.1:{ports.webhooks}",
            f"--nats-url=nats://127.0.0.1:{ports.nats}",
            f"--nats-credentials={running.directory / 'nats.password'}",
        ]
    flags.append(f"--outbox-path={running.directory / name}.outbox")
    if "notification-controller" in wanted:
        flags.append(f"--events-addr=http://127.0.0.1:{ports.events}/")
    if name == "source-controller":
        flags.append(f"--storage-path={running.directory / 'artifacts'}")
        flags += [f"--storage-{kind}=127.0.0.1:{ports.artifacts}" for kind in ("addr", "adv-addr")]
    return flags


def _nats(directory: Path, port: int) -> Path:
    """Write the configuration of the NATS server: loopback only, one account with a password, JetStream on disk."""
    password = directory / "nats.password"
    if not password.exists():
        write_private(password, secrets.token_urlsafe(24).encode())
    config = directory / "nats.conf"
    text = f"""listen: "127.0.0.1:{port}"
max_payload: 4MB
jetstream {{ store_dir: "{directory / "nats"}", sync_interval: always }}
authorization {{ user: weir, password: "{password.read_text(encoding="utf-8")}" }}
"""
    write_private(config, text.encode())
    return config


def _binary(name: str) -> str:
    """The program of that name beside this Python. Raises `Broken` when it is not installed."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise Broken(f"{name} is not installed beside {sys.executable}: run `make venv`")
    return str(path)
