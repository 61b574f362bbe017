"""What the shell offers: kinds, names, namespaces and contexts. Never an error, and never a long wait."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from weir_cli import flags, kubeconfig
from weir_cli.nouns import NOUNS, one
from weir_cli.session import Connection
from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir.api.base import Kind

_PATIENCE = 2.0
"""Seconds that somebody waits for the list after pressing the tab key."""

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def to_get(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """What may follow `weir get`: kinds in the plural, and names."""
    return _starting(incomplete, _words(ctx, plural=True))


def to_change(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """What may follow a verb on one object: kinds in the singular, and names."""
    return _starting(incomplete, _words(ctx, plural=False))


def namespaces(ctx: click.Context, incomplete: str) -> list[str]:
    """The namespaces of the cluster."""
    from weir.kube.kinds import NAMESPACE  # noqa: PLC0415  only completion needs it

    return _starting(incomplete, _names(ctx, NAMESPACE, ""))


def contexts(ctx: click.Context, incomplete: str) -> list[str]:
    """The contexts of the kubeconfig."""
    try:
        return _starting(incomplete, list(kubeconfig.read(str(flags.given(ctx).get("kubeconfig", ""))).contexts))
    except (Halt, OSError):
        return []


def kinds(typed: Sequence[str], *, plural: bool) -> list[str] | None:
    """The words that go on with what was typed towards a kind; None when the kind is complete."""
    try:
        one(typed or ("",))
    except Halt:
        pass
    else:
        return None
    depth = len(typed)
    if plural and tuple(typed[-1:]) == ("all",):
        return []
    found = [
        noun.words[depth][-1 if plural else 0]
        for noun in NOUNS
        if len(noun.words) > depth and all(word in ways for word, ways in zip(typed, noun.words, strict=False))
    ]
    return list(dict.fromkeys([*found, *(["all"] if plural and found else [])]))


def _words(ctx: click.Context, *, plural: bool) -> list[str]:
    typed = tuple(ctx.params.get("words") or ())
    words = kinds(typed, plural=plural)
    if words is not None:
        return words
    noun, names = one(typed)
    return [name for name in _names(ctx, noun.kind, None) if name not in names]


def _names(ctx: click.Context, kind: "Kind", namespace: str | None) -> list[str]:
    """Names of objects in a namespace; None: the namespace of the flags."""
    import asyncio  # noqa: PLC0415  only completion of names needs it

    from weir.kube.errors import KubeError  # noqa: PLC0415  same

    async def ask(connection: Connection) -> list[str]:
        async with asyncio.timeout(_PATIENCE), connection.client() as client:
            place = connection.namespace if namespace is None else namespace
            listing = await client.list(kind, place, metadata_only=True)
            return [found.metadata.name for found in listing.objects]

    try:
        return asyncio.run(ask(Connection.of(flags.given(ctx))))
    except (Halt, KubeError, OSError, TimeoutError):
        return []


def _starting(incomplete: str, words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if word.startswith(incomplete))
