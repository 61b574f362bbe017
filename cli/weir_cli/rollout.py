"""Wait for the workloads of an installation, and say of each how it is."""

from weir.api import duration
from weir.kube.client import Client
from weir_cli.installation.workloads import Patience, Workload, settled, why
from weir_cli.session import Connection
from weir_cli.terminal import Live, action, failure, success


async def rolled_out(
    client: Client, connection: Connection, pause: float = 1.0, *, images: bool = False
) -> tuple[frozenset[str], bool]:
    """Their names, and whether all are ready before the time is up; lines tell of each, with `images` what it runs."""
    with Live() as live:
        found = await settled(client, connection.namespace, Patience(connection.timeout, pause), live.say)
    for each in found:
        if each.ready:
            success(f"{each.subject} ready")
        else:
            failure(await _told(client, connection, each))
        for image in each.images if images else ():
            action(image)
    return frozenset(each.name for each in found), all(each.ready for each in found)


async def _told(client: Client, connection: Connection, workload: Workload) -> str:
    late = "" if workload.failed else f" after {duration.text(connection.timeout)}"
    return f"{workload.subject} is not ready{late}: {await why(client, connection.namespace, workload)}"
