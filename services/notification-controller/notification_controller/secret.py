"""Reading Secrets, always in the namespace of the object that refers to them, and always fresh."""

from weir.api.base import Resource
from weir.kube.client import Client
from weir.kube.errors import Undecodable
from weir.kube.kinds import SECRET


class Secret(Resource):
    """The part of a Secret that is read; values come out of base64."""

    data: dict[str, bytes] = {}


async def read(client: Client, namespace: str, name: str) -> dict[str, bytes]:
    """The Secret's data. Raises `weir.kube.errors.KubeError`; no error quotes a value."""
    found = await client.get(SECRET, name, namespace)
    try:
        return found.decode(Secret).data
    except Undecodable:
        raise Undecodable(f"Secret {namespace}/{name} does not decode: its data is not base64") from None
