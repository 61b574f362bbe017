"""What tests of remotes do again and again."""

from pathlib import Path

from source_controller.git.auth import Secret, address, credentials
from source_controller.git.jobs import Access, Failure, Fetched, Packing
from source_controller.git.refs import resolve, wanted
from source_controller.git.remotes import Remotes
from weir.api.source import GitRepositoryRef as Ref


def reach(url: str, **data: bytes | str) -> Access:
    """A remote, opened with the data of a Secret; `_` before crt and key is a dot."""
    where = address(url)
    values = {
        key.replace("_crt", ".crt").replace("_key", ".key"): value.encode() if isinstance(value, str) else value
        for key, value in data.items()
    }
    return Access(where, credentials(where, Secret("ns/secret", values) if data else None))


async def take(remotes: Remotes, access: Access, ref: Ref, target: Path, **packing: object) -> Fetched | Failure:
    """List, resolve, fetch and pack."""
    want = wanted(ref)
    refs = await remotes.list(access, everything=want.beyond_heads_and_tags, timeout=20)
    if isinstance(refs, Failure):
        return refs
    plan = Packing(str(target), "sha256", **packing)  # type: ignore[arg-type]  # a test's shorthand
    return await remotes.fetch(access, resolve(want, refs), plan, branch=want.ref, timeout=20)
