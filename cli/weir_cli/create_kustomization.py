"""`weir create kustomization`: a Kustomization from flags."""

from typing import Any

import click

from weir.api.kustomization import (
    DependencyReference,
    HealthCheck,
    KubeConfigReference,
    Kustomization,
    KustomizationSpec,
    SecretKeyReference,
    SourceReference,
)
from weir_cli import creating
from weir_cli.flags import Command
from weir_cli.session import Connection, connected
from weir_cli.terminal import Halt, warning

_SOURCES = ("GitRepository", "ExternalArtifact")
_CHECKED = {
    "Deployment": "apps/v1",
    "DaemonSet": "apps/v1",
    "StatefulSet": "apps/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
}
_ENCRYPTED = "encrypted manifests are not decrypted yet; keep such Secrets out of this path"
_REFUSED = {"decryption_provider": _ENCRYPTED, "decryption_secret": _ENCRYPTED}
"""Flags of Flux that are refused, and what to do instead."""


@click.command(cls=Command)
@click.argument("name")
@click.option("--source", default="", help="[Kind/]name[.namespace]; a GitRepository unless Kind says otherwise.")
@click.option("--path", default="./", show_default=True, help="Directory in the source; begins with ./.")
@click.option("--prune", is_flag=True, help="Delete objects that left the source.")
@click.option("--wait", is_flag=True, help="Everything applied has to become healthy.")
@click.option("--health-check", multiple=True, help="Kind/name.namespace of what has to become healthy.")
@click.option("--health-check-timeout", default="2m", show_default=True, help="How long that may take.")
@click.option("--depends-on", multiple=True, help="[namespace/]name of a Kustomization that has to be ready first.")
@click.option("--service-account", default="", help="ServiceAccount to apply as.")
@click.option("--target-namespace", default="", help="Namespace set on every object.")
@click.option("--kubeconfig-secret-ref", default="", help="Secret with the kubeconfig of another cluster.")
@click.option("--interval", default="1m", show_default=True, help="How often cluster and source are compared.")
@click.option("--retry-interval", default="", help="How soon a failure is tried again.")
@click.option("--decryption-provider", default="", hidden=True)
@click.option("--decryption-secret", default="", hidden=True)
@click.option("--validation", default="", hidden=True)
@creating.options
@connected
def kustomization(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update a Kustomization and wait until it is applied.

    \b
    Examples:
      weir create kustomization podinfo --source podinfo --path ./deploy --prune --wait
      weir create kustomization apps --source fleet.flux-system --path ./apps --depends-on infra --export
    """
    made = creating.meta(Kustomization.DEFINITION, name, connection.namespace, labels)
    creating.finish(connection, Kustomization(**made, spec=spec(flags)), export=export)


def spec(flags: dict[str, Any]) -> KustomizationSpec:
    """What the flags want. Raises `Halt` naming a flag that is missing or cannot be."""
    for flag, instead in _REFUSED.items():
        if flags[flag]:
            raise Halt(f"--{flag.replace('_', '-')}: {instead}")
    if flags["validation"]:
        warning("--validation has no effect: the API server always validates")
    if not flags["path"].startswith("./"):
        raise Halt(f"--path {flags['path']!r}: begin it with ./")
    checks = creating.listed(flags["health_check"])
    kubeconfig = flags["kubeconfig_secret_ref"]
    return KustomizationSpec(
        prune=flags["prune"],
        source_ref=_source(flags["source"]),
        path=flags["path"],
        interval=creating.interval("--interval", flags["interval"]),
        retry_interval=creating.interval("--retry-interval", flags["retry_interval"] or "0")
        if flags["retry_interval"]
        else None,
        timeout=creating.interval("--health-check-timeout", flags["health_check_timeout"])
        if checks or flags["wait"]
        else None,
        wait=flags["wait"],
        health_checks=() if flags["wait"] else tuple(map(_check, checks)),
        depends_on=tuple(map(_dependency, creating.listed(flags["depends_on"]))),
        service_account_name=flags["service_account"],
        target_namespace=flags["target_namespace"] or None,
        kube_config=KubeConfigReference(secret_ref=SecretKeyReference(kubeconfig)) if kubeconfig else None,
    )


def _source(text: str) -> SourceReference:
    if not text:
        raise Halt("--source is needed: the name of a GitRepository, or Kind/name")
    kind, name, namespace = creating.reference("--source", text, "GitRepository")
    if kind not in _SOURCES:
        raise Halt(f"--source {text!r}: there is no {kind} yet; use one of {', '.join(_SOURCES)}")
    return SourceReference(kind=kind, name=name, namespace=namespace)  # type: ignore[arg-type]  # one of _SOURCES


def _check(text: str) -> HealthCheck:
    kind, name, namespace = creating.reference("--health-check", text)
    if kind not in _CHECKED or not namespace:
        raise Halt(f"--health-check {text!r}: expected Kind/name.namespace, with one of {', '.join(_CHECKED)}")
    return HealthCheck(kind=kind, name=name, api_version=_CHECKED[kind], namespace=namespace)


def _dependency(text: str) -> DependencyReference:
    namespace, _slash, name = text.rpartition("/")
    if not name:
        raise Halt(f"--depends-on {text!r}: expected name or namespace/name")
    return DependencyReference(name=name, namespace=namespace)
