"""What `weir check` looks at; each says what it has found."""

from collections.abc import Sequence

from weir.kube.client import Client
from weir_cli.installation import state
from weir_cli.rollout import rolled_out
from weir_cli.session import Connection
from weir_cli.terminal import action, failure, success, warning


async def cluster(client: Client) -> bool:
    """Whether the cluster is new enough."""
    action("checking prerequisites")
    version = await state.kubernetes(client)
    well = state.will_do(version)
    (success if well else failure)(f"Kubernetes {version} {'>=' if well else '<'}{state.FLOOR}-0")
    return well


async def distribution(client: Client) -> bool:
    """Whether something is installed; what it is, and whether it comes from Git."""
    action("checking version in cluster")
    there = await state.distribution(client)
    if there is None or not there.text:
        failure("nothing is installed: `weir install` does it" if there is None else "the definitions have no version")
        return False
    success(f"distribution: {there.text}")
    success(f"bootstrapped: {str(there.bootstrapped).lower()}")
    return True


async def controllers(client: Client, connection: Connection, expected: Sequence[str], pause: float) -> bool:
    """Whether all workloads are there that are expected, and ready."""
    action("checking controllers")
    there, ready = await rolled_out(client, connection, pause, images=True)
    missing = [name for name in expected if name not in there]
    for name in missing:
        failure(f"{name}: deployment not found in {connection.namespace} namespace")
    if not there:
        failure(f"no controllers found in {connection.namespace} namespace: -n says where they are")
    return ready and bool(there) and not missing


async def definitions(client: Client) -> bool:
    """Whether each definition knows in which versions its objects are stored."""
    action("checking crds")
    found = {each.metadata.name: state.stored_versions(each.body()) for each in await state.definitions(client)}
    for name, stored in found.items():
        (success if stored else failure)(f"{name}/{','.join(stored) or 'no stored version'}")
        if len(stored) > 1:
            warning(f"{name}: objects are stored in several versions: `weir migrate` ends that")
    if not found:
        failure("no crds found")
    return bool(found) and all(found.values())
