"""The cells of built-in kinds, in the order of their column definitions. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local_cluster.tables import workloads
from local_cluster.tables.cells import Body, age, at, joined, labels, name, selector, since
from local_cluster.tables.others import OTHERS, aged, count, created, path

Cells = Callable[[Body, datetime], list[Any]]


def generic(body: Body, _now: datetime) -> list[Any]:
    """Name and creation time: what a kind without columns of its own shows."""
    return [name(body), body["metadata"].get("creationTimestamp")]


def _service(body: Body, now: datetime) -> list[Any]:
    spec = body.get("spec", {})
    kind = spec.get("type", "ClusterIP")
    internal = "<none>" if kind == "ExternalName" else spec.get("clusterIP") or "<none>"
    return [
        name(body),
        kind,
        internal,
        _external(body, kind),
        _ports(spec),
        age(body, now),
        labels(spec.get("selector")),
    ]


def _external(body: Body, kind: str) -> str:
    spec = body.get("spec", {})
    given = spec.get("externalIPs") or []
    if kind == "ExternalName":
        return str(spec.get("externalName", "<none>"))
    if kind == "LoadBalancer":
        points = at(body, "status.loadBalancer.ingress", [])
        found = [each.get("ip") or each.get("hostname") for each in points]
        return joined([*found, *given], "<pending>")
    return joined(given)


def _ports(spec: Body) -> str:
    shown = [
        f"{port['port']}{':' + str(port['nodePort']) if port.get('nodePort') else ''}/{port.get('protocol', 'TCP')}"
        for port in spec.get("ports") or ()
    ]
    return joined(shown)


def _node(body: Body, now: datetime) -> list[Any]:
    ready = next((each for each in at(body, "status.conditions", ()) if each["type"] == "Ready"), None)
    state = "Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"
    if at(body, "spec.unschedulable", default=False):
        state += ",SchedulingDisabled"
    prefix = "node-role.kubernetes.io/"
    held = body["metadata"].get("labels", {})
    roles = sorted(key.removeprefix(prefix) for key in held if key.startswith(prefix) and key != prefix)
    addresses = {each["type"]: each["address"] for each in at(body, "status.addresses", ())}
    info = at(body, "status.nodeInfo", {})
    where = [addresses.get(kind, "<none>") for kind in ("InternalIP", "ExternalIP")]
    system = [info.get(key) or "<unknown>" for key in ("osImage", "kernelVersion", "containerRuntimeVersion")]
    return [name(body), state, joined(roles), age(body, now), info.get("kubeletVersion", ""), *where, *system]


_NEWER = {
    "regarding": "involvedObject",
    "note": "message",
    "reportingController": "reportingComponent",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
"""Fields of events.k8s.io -> fields of the core Event."""


def _bound(field: str) -> Callable[[Body], str]:
    """A number or percentage of a disruption budget, as text."""
    return lambda body: str(at(body, f"spec.{field}", "N/A"))


def _event(body: Body, now: datetime) -> list[Any]:
    if "regarding" in body:
        body = {_NEWER.get(key, key): value for key, value in body.items()}
    first, last = body.get("firstTimestamp"), body.get("lastTimestamp")
    made = body.get("eventTime")
    seen, begun = since(last or made or first, now), since(first or made, now)
    series = body.get("series") or {}
    count = series.get("count") or body.get("count") or 1
    if series:
        seen = since(series.get("lastObservedTime"), now)
    about = body.get("involvedObject", {})
    thing = f"{about.get('kind', '').lower()}/{about.get('name', '')}"
    source = [
        at(body, "source.component") or body.get("reportingComponent", ""),
        at(body, "source.host") or body.get("reportingInstance", ""),
    ]
    who = ", ".join(part for part in source if part)
    text = (body.get("message") or "").strip()
    return [
        seen,
        body.get("type", ""),
        body.get("reason", ""),
        thing,
        about.get("fieldPath", ""),
        who,
        text,
        begun,
        count,
        name(body),
    ]


def _claim(body: Body, now: datetime) -> list[Any]:
    phase = "Terminating" if body["metadata"].get("deletionTimestamp") else at(body, "status.phase", "")
    bound = bool(at(body, "spec.volumeName"))
    capacity = at(body, "status.capacity.storage", "") if bound else ""
    modes = _modes(at(body, "status.accessModes", ())) if bound else ""
    kind = at(body, "spec.storageClassName", "")
    unset = at(body, "spec.volumeAttributesClassName", "<unset>")
    return [
        name(body),
        phase,
        at(body, "spec.volumeName", ""),
        capacity,
        modes,
        kind,
        unset,
        age(body, now),
        at(body, "spec.volumeMode", "<unset>"),
    ]


_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(modes: Any) -> str:
    return ",".join(_MODES[mode] for mode in _MODES if mode in modes)


def _volume(body: Body, now: datetime) -> list[Any]:
    phase = "Terminating" if body["metadata"].get("deletionTimestamp") else at(body, "status.phase", "")
    reference = at(body, "spec.claimRef", {})
    claim = f"{reference.get('namespace', '')}/{reference.get('name', '')}" if reference else ""
    shown = [at(body, "spec.capacity.storage", ""), _modes(at(body, "spec.accessModes", ()))]
    shown += [at(body, "spec.persistentVolumeReclaimPolicy", ""), phase, claim, at(body, "spec.storageClassName", "")]
    shown += [at(body, "spec.volumeAttributesClassName", "<unset>"), at(body, "status.reason", "")]
    return [name(body), *shown, age(body, now), at(body, "spec.volumeMode", "<unset>")]


def _ingress(body: Body, now: datetime) -> list[Any]:
    hosts = [rule["host"] for rule in at(body, "spec.rules", ()) if rule.get("host")]
    shown = ",".join(hosts[:3]) + (f" + {len(hosts) - 3} more..." if len(hosts) > 3 else "")
    points = at(body, "status.loadBalancer.ingress", [])
    address = ",".join(each.get("ip") or each.get("hostname", "") for each in points)
    ports = "80, 443" if at(body, "spec.tls") else "80"
    return [name(body), at(body, "spec.ingressClassName", "<none>"), shown or "*", address, ports, age(body, now)]


def _binding(body: Body, now: datetime) -> list[Any]:
    who: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for each in body.get("subjects") or ():
        space = f"{each.get('namespace', '')}/" if each["kind"] == "ServiceAccount" else ""
        who.setdefault(each["kind"], []).append(f"{space}{each['name']}")
    role = f"{body['roleRef']['kind']}/{body['roleRef']['name']}"
    return [name(body), role, age(body, now), *(", ".join(who[kind]) for kind in ("User", "Group", "ServiceAccount"))]


def _endpoints(body: Body, now: datetime) -> list[Any]:
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in body.get("subsets") or ()
        for port in subset.get("ports") or [{"port": ""}]
        for address in subset.get("addresses") or ()
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return [name(body), joined(found[:3]) + more, age(body, now)]


def _slice(body: Body, now: datetime) -> list[Any]:
    ports = [str(port.get("port", "*")) for port in body.get("ports") or ()]
    found = [address for each in body.get("endpoints") or () for address in each.get("addresses", ())]
    ends = joined(found[:3], "<unset>") + (f" + {len(found) - 3} more..." if len(found) > 3 else "")
    return [name(body), body.get("addressType", ""), joined(ports, "<unset>"), ends, age(body, now)]


def _scaler(body: Body, now: datetime) -> list[Any]:
    reference = at(body, "spec.scaleTargetRef", {})
    metrics = [_metric(each) for each in at(body, "spec.metrics", ())]
    counts = [
        str(at(body, "spec.minReplicas", "<unset>")),
        at(body, "spec.maxReplicas", 0),
        at(body, "status.currentReplicas", 0),
    ]
    return [
        name(body),
        f"{reference.get('kind')}/{reference.get('name')}",
        joined(metrics, "<none>"),
        *counts,
        age(body, now),
    ]


def _metric(metric: Body) -> str:
    source = metric.get("resource") or {}
    target = source.get("target") or {}
    value = (
        f"{target['averageUtilization']}%"
        if "averageUtilization" in target
        else target.get("averageValue", "<unknown>")
    )
    return f"{source.get('name', metric.get('type', '').lower())}: <unknown>/{value}"


def _default_class(body: Body, now: datetime) -> list[Any]:
    held = body["metadata"].get("annotations", {})
    mark = " (default)" if held.get("storageclass.kubernetes.io/is-default-class") == "true" else ""
    grows = at(body, "allowVolumeExpansion", default=False)
    shown = [
        body.get("provisioner", ""),
        body.get("reclaimPolicy", "Delete"),
        body.get("volumeBindingMode", "Immediate"),
        grows,
    ]
    return [name(body) + mark, *shown, age(body, now)]


def _quota(body: Body, now: datetime) -> list[Any]:
    used, hard = at(body, "status.used", {}), at(body, "status.hard", {})
    rows = {key: f"{key}: {used.get(key, '0')}/{hard[key]}" for key in sorted(hard)}
    limits = [row for key, row in rows.items() if key.startswith("limits.")]
    requests = [row for key, row in rows.items() if not key.startswith("limits.")]
    return [name(body), ", ".join(requests), ", ".join(limits), age(body, now)]


def _parameters(body: Body) -> str:
    known = at(body, "spec.parameters", {})
    return (
        ".".join(known[key] for key in ("kind", "apiGroup") if known.get(key)) + f"/{known['name']}"
        if known
        else "<none>"
    )


CELLS: dict[str, Cells] = {
    **OTHERS,
    "/configmaps": aged(lambda body: len(body.get("data") or ()) + len(body.get("binaryData") or ())),
    "/endpoints": _endpoints,
    "/events": _event,
    "/limitranges": created,
    "/namespaces": aged(path("status.phase", "")),
    "/nodes": _node,
    "/persistentvolumeclaims": _claim,
    "/persistentvolumes": _volume,
    "/pods": workloads.pod,
    "/replicationcontrollers": workloads.replication_controller,
    "/resourcequotas": _quota,
    "/secrets": aged(path("type"), lambda body: len(body.get("data") or ())),
    "/serviceaccounts": aged(),
    "/services": _service,
    "apps/controllerrevisions": aged(
        lambda body: joined(
            f"{each['kind'].lower()}/{each['name']}" for each in at(body, "metadata.ownerReferences", ())
        ),
        path("revision", 0),
    ),
    "apps/daemonsets": workloads.daemon_set,
    "apps/deployments": workloads.deployment,
    "apps/replicasets": workloads.replica_set,
    "apps/statefulsets": workloads.stateful_set,
    "autoscaling/horizontalpodautoscalers": _scaler,
    "batch/cronjobs": workloads.cron_job,
    "batch/jobs": workloads.job,
    "coordination.k8s.io/leases": aged(path("spec.holderIdentity", "")),
    "discovery.k8s.io/endpointslices": _slice,
    "networking.k8s.io/ingressclasses": aged(path("spec.controller", ""), _parameters),
    "networking.k8s.io/ingresses": _ingress,
    "networking.k8s.io/networkpolicies": lambda body, now: [
        name(body),
        selector(at(body, "spec.podSelector")),
        age(body, now),
    ],
    "policy/poddisruptionbudgets": aged(
        _bound("minAvailable"), _bound("maxUnavailable"), path("status.disruptionsAllowed", 0)
    ),
    "rbac.authorization.k8s.io/clusterrolebindings": _binding,
    "rbac.authorization.k8s.io/clusterroles": created,
    "rbac.authorization.k8s.io/rolebindings": _binding,
    "rbac.authorization.k8s.io/roles": created,
    "scheduling.k8s.io/priorityclasses": aged(
        path("value", 0), lambda body: bool(body.get("globalDefault")), after=(path("preemptionPolicy", ""),)
    ),
    "storage.k8s.io/storageclasses": _default_class,
    "admissionregistration.k8s.io/validatingwebhookconfigurations": aged(count("webhooks")),
    "admissionregistration.k8s.io/mutatingwebhookconfigurations": aged(count("webhooks")),
}
