"""Ports of the loopback: chosen once per directory, so that everything comes back where it was."""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec


class Ports(msgspec.Struct, frozen=True):
    """Where the parts of the suite listen."""

    nats: int
    artifacts: int
    events: int
    webhooks: int
    health: dict[str, int]
    metrics: dict[str, int]


def kept(directory: Path, names: Sequence[str]) -> Ports:
    """The ports that the directory keeps; chosen anew when one of them is taken or missing."""
    file = directory / "ports.json"
    try:
        ports = msgspec.json.decode(file.read_bytes(), type=Ports)
    except (OSError, msgspec.DecodeError):
        ports = None
    if ports is None or not set(names) <= set(ports.health) or not all(_is_free(port) for port in _every(ports)):
        free = some_free(4 + 2 * len(names))
        ports = Ports(
            next(free),
            next(free),
            next(free),
            next(free),
            {name: next(free) for name in names},
            dict(zip(names, free, strict=True)),
        )
        file.write_bytes(msgspec.json.encode(ports))
    return ports


def _every(ports: Ports) -> Iterator[int]:
    yield from (ports.nats, ports.artifacts, ports.events, ports.webhooks)
    yield from ports.health.values()
    yield from ports.metrics.values()


def some_free(number: int) -> Iterator[int]:
    """Ports that nobody listens on now, each another."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        found = [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
    return iter(found)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
