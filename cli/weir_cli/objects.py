"""Objects of any kind, named as people name them: `deployment/web`, `svc web`, `ks/apps`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from weir_cli.nouns import Body
from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir.api.base import Kind
    from weir.kube.client import Client
    from weir.kube.discovery import ServedKind


def parse(words: Sequence[str]) -> list[tuple[str, str]]:
    """Kind and name of each: `KIND/NAME...` or `KIND NAME`. Raises `Halt` when the words are neither."""
    found = [(kind, name) for kind, slash, name in (word.partition("/") for word in words) if slash and kind and name]
    if len(found) == len(words) and found:
        return found
    if len(words) == 2 and not any("/" in word for word in words):
        return [(words[0], words[1])]
    raise Halt(f"{' '.join(words)!r} names no object: give KIND/NAME, such as deployment/web")


async def resolve(client: "Client", word: str) -> "Kind":
    """The kind that a word means: kind, plural, singular or short name, with or without its group (`deployment.apps`).

    Raises `Halt` when the cluster serves none; of several groups the first that discovery lists counts, as for kubectl.
    """
    name, _dot, group = word.lower().partition(".")
    for served in await client.discovery.kinds():
        if name in _names(served) and (not group or group in {served.kind.group, _versioned(served)}):
            return served.kind
    raise Halt(f"the cluster serves no kind {word!r}: `kubectl api-resources` lists what there is")


async def get(client: "Client", kind: "Kind", name: str, namespace: str) -> Body:
    """The object. Raises `Halt` when it is not there."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    try:
        return (await client.get(kind, name, namespace if kind.namespaced else "")).body()
    except NotFound:
        place = f' in "{namespace}" namespace' if kind.namespaced else ""
        raise Halt(f"{kind.kind} object '{name}' not found{place}") from None


def _names(served: "ServedKind") -> set[str]:
    return {served.kind.kind.lower(), served.kind.plural, served.singular, *served.short_names}


def _versioned(served: "ServedKind") -> str:
    return f"{served.kind.version}.{served.kind.group}"
