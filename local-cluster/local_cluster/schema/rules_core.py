"""Rules of the core group: containers, pods, services, volumes, configuration."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import causes
from .errors import Cause
from .labels import dns_label, label_map

Value = Mapping[str, Any]
Rule = Callable[[Any, str], Iterator[Cause]]

_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_CONFIG_KEY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_PORTS = range(1, 65536)
_PORT_TEXT = "must be between 1 and 65535, inclusive"
_MOST_DATA = 1024 * 1024


def named(items: Any, path: str, key: str = "name") -> Iterator[Cause]:
    """Items of a list need a name, and one of their own."""
    seen: set[Any] = set()
    for i, item in enumerate(items or ()):
        name = item.get(key) if isinstance(item, Mapping) else None
        if not name:
            yield causes.required(f"{path}[{i}].{key}")
        elif name in seen:
            yield causes.duplicate(f"{path}[{i}].{key}", name)
        seen.add(name)


def port(path: str, number: Any) -> Iterator[Cause]:
    """A port number."""
    if isinstance(number, int) and number not in _PORTS:
        yield causes.invalid(path, number, _PORT_TEXT)


def _container(container: Value, path: str) -> Iterator[Cause]:
    if container.get("name"):
        yield from dns_label(f"{path}.name", container["name"])
    if not str(container.get("image") or "").strip():
        yield causes.required(f"{path}.image")
    elif container["image"] != container["image"].strip():
        yield causes.invalid(f"{path}.image", container["image"], "must not have leading or trailing whitespace")
    for i, each in enumerate(container.get("ports") or ()):
        if not each.get("containerPort"):
            yield causes.required(f"{path}.ports[{i}].containerPort")
        yield from port(f"{path}.ports[{i}].containerPort", each.get("containerPort") or 1)
    for i, each in enumerate(container.get("env") or ()):
        if not each.get("name"):
            yield causes.required(f"{path}.env[{i}].name")
        if each.get("value") and each.get("valueFrom"):
            text = "may not be specified when `value` is not empty"
            yield causes.invalid(f"{path}.env[{i}].valueFrom", "", text)
    yield from _requests(container.get("resources") or {}, f"{path}.resources")


def _requests(resources: Value, path: str) -> Iterator[Cause]:
    limits = resources.get("limits") or {}
    for name, wanted in (resources.get("requests") or {}).items():
        if name in limits and _over(wanted, limits[name]):
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            yield causes.invalid(f"{path}.requests", str(wanted), text)


_UNITS = {"": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_UNITS |= {f"{unit}i": 1024**power for power, unit in enumerate("KMGTPE", 1)}


def quantity(text: Any) -> float | None:
    """The number that a quantity means (`500m`, `1Gi`, `2e3`), or None."""
    found = re.fullmatch(r"([+-]?[0-9.]+)([eE][-+]?[0-9]+|[numkMGTPE]|[KMGTPE]i|)", str(text))
    try:
        if found is None:
            return None
        unit = found[2]
        return float(found[0]) if unit[:1] in ("e", "E") and len(unit) > 1 else float(found[1]) * _UNITS[unit]
    except ValueError:
        return None


def _over(wanted: Any, limit: Any) -> bool:
    left, right = quantity(wanted), quantity(limit)
    return left is not None and right is not None and left > right


def _pod_spec(spec: Value, path: str) -> Iterator[Cause]:
    if not spec.get("containers"):
        yield causes.required(f"{path}.containers")
    for kind in ("containers", "initContainers"):
        yield from named(spec.get(kind), f"{path}.{kind}")
    yield from named(spec.get("volumes"), f"{path}.volumes")
    volumes = {each.get("name") for each in spec.get("volumes") or ()}
    for kind in ("containers", "initContainers"):
        for i, container in enumerate(spec.get(kind) or ()):
            for j, mount in enumerate(container.get("volumeMounts") or ()):
                place = f"{path}.{kind}[{i}].volumeMounts[{j}]"
                if not mount.get("name") or mount["name"] not in volumes:
                    yield Cause(
                        "FieldValueNotFound", f"Not found: {causes.shown(mount.get('name', ''))}", f"{place}.name"
                    )
                if not mount.get("mountPath"):
                    yield causes.required(f"{place}.mountPath")


def _service(spec: Value, path: str) -> Iterator[Cause]:
    ports = spec.get("ports") or ()
    if not ports and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield causes.required(f"{path}.ports")
    if spec.get("type") == "ExternalName" and not spec.get("externalName"):
        yield causes.required(f"{path}.externalName")
    if len(ports) > 1:
        yield from named(ports, f"{path}.ports")
    for i, each in enumerate(ports):
        if each.get("name"):
            yield from dns_label(f"{path}.ports[{i}].name", each["name"])
        yield from port(f"{path}.ports[{i}].port", each.get("port", 0))
        if isinstance(each.get("targetPort"), int):
            yield from port(f"{path}.ports[{i}].targetPort", each["targetPort"])
    yield from label_map(f"{path}.selector", spec.get("selector") or {})


def _claim(spec: Value, path: str) -> Iterator[Cause]:
    if not spec.get("accessModes"):
        yield causes.required(f"{path}.accessModes", "at least 1 access mode is required")
    if "storage" not in ((spec.get("resources") or {}).get("requests") or {}):
        yield causes.required(f"{path}.resources[storage]")


def _config(obj: Value, path: str) -> Iterator[Cause]:
    del path
    for field in ("data", "binaryData"):
        for key in obj.get(field) or {}:
            if not _CONFIG_KEY.fullmatch(key):
                yield causes.invalid(f"{field}[{key}]", key, _CONFIG_KEY_TEXT)
    values = [*(obj.get("data") or {}).values(), *(obj.get("binaryData") or {}).values()]
    if sum(len(str(value)) for value in values) > _MOST_DATA * (4 / 3 if obj.get("kind") == "Secret" else 1):
        yield causes.too_long("data" if obj.get("kind") == "Secret" else "[]", _MOST_DATA)


def undecodable_data(data: Value | None) -> str:
    """Why encoded data cannot be decoded, in the API server's words; empty when it can."""
    for value in (data or {}).values():
        try:
            base64.b64decode(str(value), validate=True)
        except (binascii.Error, ValueError):
            bad = re.search(r"[^A-Za-z0-9+/]", str(value).rstrip("="))
            return f"illegal base64 data at input byte {bad.start() if bad else max(0, len(str(value)) // 4 * 4)}"
    return ""


CORE_RULES: dict[str, Rule] = {
    "core.v1.Container": _container,
    "core.v1.PodSpec": _pod_spec,
    "core.v1.ServiceSpec": _service,
    "core.v1.PersistentVolumeClaimSpec": _claim,
    "core.v1.ConfigMap": _config,
    "core.v1.Secret": _config,
}
