"""The manifests of an installation, from options. Pure but for reading the file beside it.

`manifests.yaml` is what the chart renders (`make rendered`); options change it as the chart's values would, which is
held to the chart case by case. Definitions come from the API's words, as the chart's do.
"""

import copy
import secrets
import string
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

import weir
from weir import manifests, yaml
from weir.api.kustomization import GROUP
from weir.apply.changes import Reference
from weir.apply.stages import order
from weir_cli.installation.labels import COMPONENT, INSTANCE, PART_OF, VERSION
from weir_cli.installation.options import Options

Body = dict[str, Any]

_PARTS = {"notification-controller": ("notification-controller", "nats")}
"""Components of objects that come with a controller that can be left out."""
LOCKS = ("--no-cross-namespace-refs=", "--no-remote-bases=", "--default-service-account=")
"""Flags that lock tenants in."""
_WORKLOADS = ("Deployment", "StatefulSet")


def render(options: Options) -> list[Body]:
    """Every object, in the order of applying, but for passwords (`secrets_of`)."""
    absent = {part for name, parts in _PARTS.items() if name not in options.components for part in parts}
    bodies = [_namespace(options), *_definitions(options), *_rest(options)]
    kept = [body for body in bodies if _component(body) not in absent]
    if not options.network_policy:
        kept = [body for body in kept if body["kind"] != "NetworkPolicy"]
    for body in kept:
        if body["kind"] in _WORKLOADS:
            _set_up(body["spec"]["template"]["spec"], options)
    return sorted(kept, key=lambda body: order(Reference.read(body)))


def secrets_of(options: Options) -> list[Body]:
    """What is applied beside the manifests, and is no matter for Git."""
    login = [_login(options.namespace)] if options.notifies else []
    return [*login, *([_pull_secret(options)] if options.registry_creds else [])]


def _login(namespace: str) -> Body:
    """The Secret with which the notification-controller logs in to NATS: made once, and left alone when it is there."""
    letters = string.ascii_letters
    password = secrets.choice(letters) + "".join(secrets.choice(letters + string.digits) for _ in range(39))
    body = _secret("nats-auth", namespace, "Opaque", {"password": password})
    body["metadata"]["labels"][COMPONENT] = "nats"
    body["metadata"]["annotations"] = {f"{GROUP}/ssa": "IfNotPresent"}
    return body


def _pull_secret(options: Options) -> Body:
    """The Secret with which images are pulled."""
    user, _, password = options.registry_creds.partition(":")
    auth = b64encode(options.registry_creds.encode()).decode()
    server = options.registry.partition("/")[0]
    auths = {"auths": {server: {"username": user, "password": password, "auth": auth}}}
    data = {".dockerconfigjson": msgspec.json.encode(auths).decode()}
    return _secret(options.image_pull_secret, options.namespace, "kubernetes.io/dockerconfigjson", data)


def _secret(name: str, namespace: str, kind: str, texts: Mapping[str, str]) -> Body:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": _labels(namespace)},
        "type": kind,
        "data": {key: b64encode(text.encode()).decode() for key, text in texts.items()},
    }


def export(options: Options) -> str:
    """The manifests as the file that a fleet repository keeps, with its header."""
    # Not "Flux Version": tools that keep that header up to date would put Flux in the place of Weir.
    lines = ["# Written by `weir install --export`. DO NOT EDIT: patch it from a kustomization.yaml."]
    lines.append(f"# Weir Version: v{weir.__version__}")
    lines.append(f"# Components: {','.join(options.components)}")
    if options.notifies:
        lines.append("# Not in here: the Secret nats-auth with the key password, letters and digits, a letter first.")
    return "---\n" + "\n".join(lines) + "\n" + yaml.dump_all(render(options))


def _labels(namespace: str) -> dict[str, str]:
    return {INSTANCE: namespace, PART_OF: "flux", VERSION: f"v{weir.__version__}"}


def _namespace(options: Options) -> Body:
    warned = {"pod-security.kubernetes.io/warn": "restricted", "pod-security.kubernetes.io/warn-version": "latest"}
    metadata = {"name": options.namespace, "labels": {**_labels(options.namespace), **warned}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _definitions(options: Options) -> Iterator[Body]:
    for body in manifests.crds():
        controller = f"{body['spec']['group'].partition('.')[0]}-controller"
        body["metadata"]["labels"] |= {COMPONENT: controller, **_labels(options.namespace)}
        yield body


def _rest(options: Options) -> list[Body]:
    """What the chart renders besides, for another namespace and another domain."""
    words = {Options.namespace: options.namespace, f"svc.{Options.cluster_domain}": f"svc.{options.cluster_domain}"}
    return [_replaced(body, words) for body in _rendered()]


@cache
def _rendered() -> tuple[Body, ...]:
    return tuple(yaml.load_all(files("weir_cli.installation").joinpath("manifests.yaml").read_bytes()))


def _replaced(node: Any, words: Mapping[str, str]) -> Any:
    """A copy in which every text says it in other words."""
    match node:
        case str():
            for old, new in words.items():
                node = node.replace(old, new)
            return node
        case dict():
            return {key: _replaced(value, words) for key, value in node.items()}
        case list():
            return [_replaced(value, words) for value in node]
    return copy.copy(node)


def _component(body: Body) -> str:
    return str(body["metadata"]["labels"].get(COMPONENT, ""))


def _set_up(pod: Body, options: Options) -> None:
    if options.image_pull_secret:
        pod["imagePullSecrets"] = [{"name": options.image_pull_secret}]
    if options.toleration_keys:
        pod["tolerations"] = [{"key": key, "operator": "Exists"} for key in options.toleration_keys]
    for container in pod["containers"]:
        if options.registry:
            container["image"] = f"{options.registry.rstrip('/')}/{container['image']}"
        container["args"] = [_argument(text, options) for text in container["args"] if _is_meant(text, options)]


def _is_meant(argument: str, options: Options) -> bool:
    return options.locked or not argument.startswith(LOCKS)


def _argument(text: str, options: Options) -> str:
    changed = {
        "--watch-all-namespaces": str(options.watch_all_namespaces).lower(),
        "--log-level": options.log_level,
        **({} if options.notifies else {"--events-addr": ""}),
    }
    flag = text.partition("=")[0]
    return f"{flag}={changed[flag]}" if flag in changed else text
