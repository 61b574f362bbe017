"""Wait for what comes of a reconcile, and end on the real cause."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from weir.api import duration
from weir.kube.client import Client
from weir.kube.errors import NotFound, Unreachable
from weir_cli import nouns
from weir_cli.nouns import Body, Noun
from weir_cli.pending import pending
from weir_cli.selection import Found
from weir_cli.terminal import Halt, Live, failure, success, waiting

_POLL = 0.25
"""Seconds between two looks at the object: a watch could miss its start, a look cannot."""
_LOOKS = 4
"""After so many of them, what it waits for is looked at and shown."""


async def read(client: Client, noun: Noun, name: str, namespace: str) -> Body:
    """The object. Raises `Halt` when there is none."""
    try:
        return (await client.get(noun.kind, name, namespace)).body()
    except NotFound:
        raise Halt(f"{noun.kind.kind} object '{name}' not found in \"{namespace}\" namespace") from None


@dataclass(frozen=True)
class Asked:
    """What is waited for, and for how long."""

    limit: float
    """Seconds."""
    token: str = ""
    """The requestedAt that has to be dealt with first; empty: only the generation counts."""
    together: bool = False
    """Others go on at the same time: a dependency that is not ready may be one of them, and is no failure."""
    pause: float = _POLL
    """Seconds between two looks."""


async def wait_for(client: Client, noun: Noun, name: str, namespace: str, asked: Asked) -> str:
    """The success text, once the object is ready; a person sees meanwhile what it waits for.

    Raises `Halt` with the Ready message when the attempt failed, or with the last words when time is up.
    """
    deadline = time.monotonic() + asked.limit
    looks = 0
    with Live() as live:
        while True:
            late = time.monotonic() > deadline
            try:
                body = await read(client, noun, name, namespace)
                end = judge(body, noun, asked)
                if end is not None:
                    return end
                words = last_words(body, asked.token)
                if late or (live.seen and looks % _LOOKS == 0):
                    objects = await pending(client, body)
                    words += f"; waiting for {objects}" if objects else ""
                    live.say(f"{noun.kind.kind} {name}: {objects or doing(body, asked.token)}")
            except Unreachable as error:  # the API server may come back
                words = str(error)
            if late:
                raise Halt(f"{noun.kind.kind} {name} is not ready after {duration.text(asked.limit)}: {words}")
            looks += 1
            await asyncio.sleep(asked.pause)


async def wait_for_all(client: Client, found: Sequence[Found], limit: float, token: str = "") -> None:
    """Wait for all of them at once and say how each ends. Raises `Halt` when one did not become ready.

    The more there are, the longer the pauses: the API server is asked a hundred times a second at most.
    """
    several = len(found) > 1
    asked = Asked(limit, token, together=several, pause=max(_POLL, len(found) / 100))

    async def one(each: Found) -> str:
        waiting(f"waiting for {each.noun.kind.kind} {each.name} reconciliation")
        return await wait_for(client, each.noun, each.name, each.namespace, asked)

    failed = 0
    for each, end in zip(found, await asyncio.gather(*map(one, found), return_exceptions=True), strict=True):
        called = f"{each.noun.kind.kind} {each.name}"
        if isinstance(end, str):
            success(f"{called} reconciliation completed")
            success(end)
        elif isinstance(end, Halt):
            failure(f"{called}: {end.message}" if several else end.message)
            failed += 1
        else:
            raise end
    if failed:
        raise Halt("")


def judge(body: Body, noun: Noun, asked: Asked) -> str | None:
    """What came of the attempt: the success text, None while it goes on. Raises `Halt` with the cause of a failure."""
    if not _handled(body, asked.token):
        return None
    ready = nouns.condition(body, "Ready")
    generation = nouns.field(body, "metadata", "generation") or 0
    if ready.get("observedGeneration", 0) < generation:
        return None
    if asked.together and ready.get("reason") == "DependencyNotReady":
        return None
    if ready.get("status") == "False":
        raise Halt(f"{noun.kind.kind} reconciliation failed: '{ready.get('message', '')}'")
    if ready.get("status") != "True" or nouns.condition(body, "Reconciling").get("status") == "True":
        return None
    if nouns.field(body, "status", "observedGeneration") != generation:
        return None
    return noun.fetched(body) if noun.fetched else ""


def doing(body: Body, token: str) -> str:
    """What the controller does now, as far as it says."""
    for type_, status in (("Reconciling", "True"), ("Ready", "Unknown")):
        found = nouns.condition(body, type_)
        if found.get("status") == status and found.get("message"):
            return str(found["message"])
    return "it has been taken up" if _handled(body, token) else "waiting for the controller to take it up"


def last_words(body: Body, token: str) -> str:
    """What the object says of itself when time is up."""
    said = [
        f"{type_}: {message}"
        for type_ in ("Ready", "Reconciling")
        if (message := nouns.condition(body, type_).get("message"))
    ]
    if len(said) == 2 and said[0].partition(": ")[2] == said[1].partition(": ")[2]:
        said.pop()
    if not _handled(body, token):
        said.insert(0, "no controller has taken up the request")
    return "; ".join(said) or "it has no conditions yet"


def _handled(body: Body, token: str) -> bool:
    return not token or nouns.field(body, "status", "lastHandledReconcileAt") == token
