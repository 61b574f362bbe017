"""Rules of the parts of pods: ports, variables, probes, volumes, security, placement."""

import re
from collections.abc import Iterator
from typing import Any

from . import causes
from .errors import Cause
from .labels import dns_label, label_map
from .quantities import canonical
from .rules_core import Rule, Value, port, quantity

_ENV_NAME = re.compile(r"[ -<>-~]+")
_ENV_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='"
_PORT_NAME = re.compile(r"[-a-z0-9]+")
_PORT_NAME_TEXT = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
_LONGEST_PORT_NAME = 15
_LARGEST_ID = 2147483647
_STANDARD = ("cpu", "memory", "ephemeral-storage")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_UNSATISFIABLE = ("DoNotSchedule", "ScheduleAnyway")
_FIELDS = {"metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"}
_FIELDS |= {"spec.nodeName", "spec.serviceAccountName", "spec.hostname", "status.hostIP", "status.hostIPs"}
_FIELDS |= {"status.podIP", "status.podIPs"}
_HOST_PATHS = ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"]
NOT_NEGATIVE = "must be greater than or equal to 0"


def port_name(path: str, name: Any) -> Iterator[Cause]:
    """The name of a port (RFC 6335)."""
    if not isinstance(name, str) or not name:
        return
    if len(name) > _LONGEST_PORT_NAME:
        yield causes.invalid(path, name, f"must be no more than {_LONGEST_PORT_NAME} characters")
    if not _PORT_NAME.fullmatch(name):
        yield causes.invalid(path, name, _PORT_NAME_TEXT)


def _container(container: Value, path: str) -> Iterator[Cause]:
    seen: set[str] = set()
    for i, each in enumerate(container.get("ports") or ()):
        name, place = each.get("name"), f"{path}.ports[{i}].name"
        yield from port_name(place, name)
        if name and name in seen:
            yield causes.duplicate(place, name)
        seen.add(name or "")
    mounted: set[str] = set()
    for i, mount in enumerate(container.get("volumeMounts") or ()):
        where = mount.get("mountPath")
        if where and where in mounted:
            yield causes.invalid(f"{path}.volumeMounts[{i}].mountPath", where, "must be unique")
        mounted.add(where or "")
        if ".." in str(mount.get("subPath") or "").split("/"):
            yield causes.invalid(f"{path}.volumeMounts.subPath", mount["subPath"], "must not contain '..'")


def _variable(variable: Value, path: str) -> Iterator[Cause]:
    name = variable.get("name")
    if name and not _ENV_NAME.fullmatch(name):
        yield causes.invalid(f"{path}.name", name, _ENV_TEXT)
    source = variable.get("valueFrom")
    if source is not None and not any(source.get(each) is not None for each in _SOURCES):
        listed = ", ".join(f"`{each}`" for each in _SOURCES[:-1]) + f" or `{_SOURCES[-1]}`"
        yield causes.invalid(f"{path}.valueFrom", "", f"must specify one of: {listed}")


def _field(reference: Value, path: str) -> Iterator[Cause]:
    name = str(reference.get("fieldPath") or "")
    if not name:
        yield causes.required(f"{path}.fieldPath")
    elif name not in _FIELDS and not re.match(r"metadata\.(labels|annotations)\['", name):
        why = f"error converting fieldPath: field label not supported: {name}"
        yield causes.invalid(f"{path}.fieldPath", name, why)


def _key(reference: Value, path: str) -> Iterator[Cause]:
    for name in ("name", "key"):
        if not reference.get(name):
            yield causes.required(f"{path}.{name}")


def _from_source(source: Value, path: str) -> Iterator[Cause]:
    if source.get("configMapRef") is None and source.get("secretRef") is None:
        place = path.rpartition("[")[0]
        yield causes.invalid(place, "", "must specify one of: `configMapRef` or `secretRef`")


def _resources(resources: Value, path: str) -> Iterator[Cause]:
    for kind in ("limits", "requests"):
        for name, amount in (resources.get(kind) or {}).items():
            place, number = f"{path}.{kind}[{name}]", quantity(amount)
            if "/" not in name and name not in _STANDARD and not name.startswith("hugepages-"):
                yield causes.invalid(place, name, "must be a standard resource type or fully qualified")
                yield causes.invalid(place, name, "must be a standard resource for containers")
            elif number is not None and number < 0:
                yield causes.invalid(place, canonical(amount), NOT_NEGATIVE)
            elif "/" in name and number is not None and number != int(number):
                yield causes.invalid(place, canonical(amount), "must be an integer")


def _probe(probe: Value, path: str) -> Iterator[Cause]:
    if not any(probe.get(each) is not None for each in _HANDLERS):
        yield causes.required(path, "must specify a handler type")
    for name in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        if isinstance(probe.get(name), int) and probe[name] < 0:
            yield causes.invalid(f"{path}.{name}", probe[name], NOT_NEGATIVE)
    if path.endswith((".livenessProbe", ".startupProbe")) and probe.get("successThreshold", 1) != 1:
        yield causes.invalid(f"{path}.successThreshold", probe["successThreshold"], "must be 1")


def _listens(action: Value, path: str) -> Iterator[Cause]:
    where = action.get("port")
    if isinstance(where, int):
        yield from port(f"{path}.port", where)
    else:
        yield from port_name(f"{path}.port", where)


def _exec(action: Value, path: str) -> Iterator[Cause]:
    if not action.get("command"):
        yield causes.required(f"{path}.command")


def _security(context: Value, path: str) -> Iterator[Cause]:
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        number = context.get(name)
        if isinstance(number, int) and not 0 <= number <= _LARGEST_ID:
            yield causes.invalid(f"{path}.{name}", number, f"must be between 0 and {_LARGEST_ID}, inclusive")


def _volume(volume: Value, path: str) -> Iterator[Cause]:
    if volume.get("name"):
        yield from dns_label(f"{path}.name", volume["name"])
    sources = sorted(name for name in volume if name != "name")
    for extra in sources[1:]:
        yield causes.forbidden(f"{path}.{extra}", "may not specify more than 1 volume type")
    if volume.get("configMap") is not None and not volume["configMap"].get("name"):
        yield causes.required(f"{path}.configMap.name")
    if volume.get("secret") is not None and not volume["secret"].get("secretName"):
        yield causes.required(f"{path}.secret.secretName")


def _host_path(source: Value, path: str) -> Iterator[Cause]:
    if not source.get("path"):
        yield causes.required(f"{path}.path")
    elif source.get("type") not in (None, *_HOST_PATHS):
        yield causes.unsupported(f"{path}.type", source["type"], sorted(_HOST_PATHS))


def _toleration(toleration: Value, path: str) -> Iterator[Cause]:
    operator = toleration.get("operator")
    if operator == "Exists" and toleration.get("value"):
        text = "value must be empty when `operator` is 'Exists'"
        yield causes.invalid(f"{path}.operator", toleration["value"], text)


def _pod_spec(spec: Value, path: str) -> Iterator[Cause]:
    yield from label_map(f"{path}.nodeSelector", spec.get("nodeSelector") or {})
    for i, each in enumerate(spec.get("topologySpreadConstraints") or ()):
        yield from _spread(each, f"{path}.topologySpreadConstraints[{i}]")


def _spread(constraint: Value, path: str) -> Iterator[Cause]:
    if constraint.get("maxSkew", 0) <= 0:
        yield causes.invalid(f"{path}.maxSkew", constraint.get("maxSkew", 0), "must be greater than zero")
    if not constraint.get("topologyKey"):
        yield causes.required(f"{path}.topologyKey", "can not be empty")
    if constraint.get("whenUnsatisfiable") not in _UNSATISFIABLE:
        yield causes.unsupported(f"{path}.whenUnsatisfiable", constraint.get("whenUnsatisfiable", ""), _UNSATISFIABLE)


def _node_selector(selector: Value, path: str) -> Iterator[Cause]:
    if not selector.get("nodeSelectorTerms"):
        yield causes.required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")


POD_RULES: dict[str, Rule] = {
    "core.v1.Container": _container,
    "core.v1.ConfigMapKeySelector": _key,
    "core.v1.EnvFromSource": _from_source,
    "core.v1.EnvVar": _variable,
    "core.v1.ExecAction": _exec,
    "core.v1.HTTPGetAction": _listens,
    "core.v1.HostPathVolumeSource": _host_path,
    "core.v1.NodeSelector": _node_selector,
    "core.v1.ObjectFieldSelector": _field,
    "core.v1.PodSecurityContext": _security,
    "core.v1.PodSpec": _pod_spec,
    "core.v1.Probe": _probe,
    "core.v1.ResourceRequirements": _resources,
    "core.v1.SecretKeySelector": _key,
    "core.v1.SecurityContext": _security,
    "core.v1.TCPSocketAction": _listens,
    "core.v1.Toleration": _toleration,
    "core.v1.Volume": _volume,
}
"""Beside those of `CORE_RULES`: a type may have rules in both."""
