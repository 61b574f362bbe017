"""`weir create tenant`: namespaces that a team's Kustomizations may change, and nothing beyond."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from weir_cli import creating
from weir_cli.flags import Command
from weir_cli.nouns import Body
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, success

if TYPE_CHECKING:
    from weir.kube.client import Client

TENANT = "toolkit.fluxcd.io/tenant"
"""Label on everything of a tenant: its name."""
_RBAC = "rbac.authorization.k8s.io"


@click.command(cls=Command)
@click.argument("name")
@click.option("--with-namespace", "namespaces", multiple=True, help="Namespace of the tenant; may be repeated.")
@click.option("--cluster-role", default="cluster-admin", show_default=True, help="What it may do in there.")
@click.option(
    "--with-service-account", "account", default="", help="Name of the ServiceAccount; the tenant's if not set."
)
@click.option("--skip-namespace", is_flag=True, help="The namespaces are there already, and are left alone.")
@creating.options
@connected
def tenant(
    connection: Connection,
    /,
    name: str,
    *,
    namespaces: tuple[str, ...],
    cluster_role: str,
    account: str,
    skip_namespace: bool,
    labels: tuple[str, ...],
    export: bool,
) -> None:
    """Create or update a tenant: namespaces, a ServiceAccount in each, and its rights there.

    \b
    Kustomizations of the tenant apply as this ServiceAccount: spec.serviceAccountName.
    Examples:
      weir create tenant team-a --with-namespace team-a --cluster-role admin
      weir create tenant team-a --with-namespace apps,staging --export
    """
    places = creating.listed(namespaces)
    if not places:
        raise Halt("--with-namespace is needed: a namespace of the tenant")
    own = {TENANT: creating.named(name), **creating.labelled(labels)}
    bodies = list(objects(name, places, cluster_role=cluster_role, account=account or name, labels=own))
    if skip_namespace:
        bodies = [body for body in bodies if body["kind"] != "Namespace"]
    if export:
        creating.show(bodies)
        return

    async def command(client: "Client") -> None:
        for body in bodies:
            await _free(client, body)
            await creating.say(client, body)
        success("tenant setup completed")

    run(connection, command)


def objects(
    name: str, namespaces: Sequence[str], *, cluster_role: str, account: str, labels: dict[str, str]
) -> Iterator[Body]:
    """What a tenant is made of, namespace by namespace. Raises `Halt` for what is no name."""
    for place in map(creating.named, namespaces):
        here = {"namespace": place, "labels": labels}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place, "labels": labels}}
        yield {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": creating.named(account), **here},
        }
        yield {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": f"{name}-reconciler", **here},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": cluster_role},
            "subjects": [
                {"apiGroup": _RBAC, "kind": "User", "name": f"gotk:{place}:reconciler"},
                {"kind": "ServiceAccount", "name": account, "namespace": place},
            ],
        }


async def _free(client: "Client", body: Body) -> None:
    """Delete a RoleBinding that binds another role: a binding cannot change its role."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir.kube.kinds import ROLE_BINDING  # noqa: PLC0415  same

    if body["kind"] != "RoleBinding":
        return
    name, namespace = body["metadata"]["name"], body["metadata"]["namespace"]
    try:
        there = await client.get(ROLE_BINDING, name, namespace)
    except NotFound:
        return
    if there.body()["roleRef"] != body["roleRef"]:
        await client.delete(ROLE_BINDING, name, namespace, uid=there.metadata.uid)
