"""Services get addresses and node ports that nobody else has."""

import ipaddress
import secrets
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

import msgspec

from local_cluster.api.errors import Cause, internal, invalid
from local_cluster.auth.user import User
from local_cluster.state import State
from local_cluster.verbs.target import Target

Body = dict[str, Any]
T = TypeVar("T")
NETWORK = ipaddress.ip_network("10.96.0.0/12")
FIRST_PORT, LAST_PORT = 30_000, 32_767


class _Port(msgspec.Struct, rename="camel", gc=False):
    node_port: int | None = None
    protocol: str = "TCP"


class _Spec(msgspec.Struct, gc=False):
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    ports: list[_Port] | None = None


class _Other(msgspec.Struct, gc=False):
    """What is read of the Services that are there."""

    spec: _Spec = msgspec.field(default_factory=_Spec)


_OTHERS = msgspec.json.Decoder(_Other)


def service(state: State, target: Target, body: Body, live: Body | None, _user: User) -> None:
    """Allocate what is missing. Raises 422 when what was asked for is taken or out of range."""
    spec = body.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    others = [
        _OTHERS.decode(entry.raw).spec
        for entry in state.store.shelf("/services").entries()
        if (entry.namespace, entry.name) != (target.namespace, body["metadata"]["name"])
    ]
    if kind != "ExternalName" and spec.get("clusterIP") != "None":
        _address(spec, {each.cluster_ip for each in others}, body["metadata"]["name"])
    if kind in ("NodePort", "LoadBalancer") and spec.get("allocateLoadBalancerNodePorts", True):
        _ports(spec, {port for each in others for port in _taken(each)}, body["metadata"]["name"])
    elif live is not None and kind == "ClusterIP":
        for port in spec.get("ports") or ():
            port.pop("nodePort", None)


def _address(spec: Body, taken: set[str], name: str) -> None:
    asked = spec.get("clusterIP")
    if not asked:
        spec["clusterIP"] = _free_address(taken)
        spec["clusterIPs"] = [spec["clusterIP"]]
    elif asked in taken:
        text = f'Invalid value: ["{asked}"]: failed to allocate IP {asked}: provided IP is already allocated'
        raise invalid("", "Service", name, [Cause("spec.clusterIPs", "FieldValueInvalid", text)])
    elif not _inside(asked):
        why = "the provided network does not match the current range"
        text = f'Invalid value: ["{asked}"]: failed to allocate IP {asked}: {why}'
        raise invalid("", "Service", name, [Cause("spec.clusterIPs", "FieldValueInvalid", text)])


def _inside(address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in NETWORK
    except ValueError:
        return True  # its form is the schema's to judge


def _free_address(taken: set[str]) -> str:
    most = NETWORK.num_addresses - 512
    address = _free(lambda offset: str(NETWORK[256 + offset]), most, taken)
    if address is None:
        raise internal("failed to allocate a serviceIP: range is full")
    return address


def _taken(spec: _Spec) -> Iterator[tuple[int, str]]:
    for port in spec.ports or ():
        if port.node_port:
            yield port.node_port, port.protocol


def _ports(spec: Body, taken: set[tuple[int, str]], name: str) -> None:
    for index, port in enumerate(spec.get("ports") or ()):
        asked, protocol = port.get("nodePort"), port.get("protocol", "TCP")
        if not asked:
            port["nodePort"] = free_port(taken, protocol)
        elif (asked, protocol) in taken:
            text = f"Invalid value: {asked}: provided port is already allocated"
            raise invalid("", "Service", name, [Cause(f"spec.ports[{index}].nodePort", "FieldValueInvalid", text)])
        elif not FIRST_PORT <= asked <= LAST_PORT:
            why = "provided port is not in the valid range. The range of valid ports is 30000-32767"
            text = f"Invalid value: {asked}: {why}"
            raise invalid("", "Service", name, [Cause(f"spec.ports[{index}].nodePort", "FieldValueInvalid", text)])
        taken.add((port["nodePort"], protocol))


def free_port(taken: set[tuple[int, str]], protocol: str) -> int:
    """A node port that nobody has for the protocol. Raises 500 when there is none."""
    found = _free(lambda offset: (FIRST_PORT + offset, protocol), LAST_PORT - FIRST_PORT + 1, taken)
    if found is None:
        raise internal("failed to allocate a nodePort: range is full")
    return found[0]


def _free(at: Callable[[int], T], most: int, taken: Collection[T]) -> T | None:
    """One of `most` things that nobody has: the first from a random place on, so that they seldom meet."""
    start = secrets.randbelow(most)
    return next((it for offset in range(most) if (it := at((start + offset) % most)) not in taken), None)
