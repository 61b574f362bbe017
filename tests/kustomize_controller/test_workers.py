import asyncio
import os
from collections.abc import AsyncIterator

import msgspec
import pytest

from kustomize_controller.tasks import (
    AskHealth,
    AskReady,
    Build,
    Built,
    CheckReady,
    CheckRules,
    Done,
    Judged,
    Limits,
    Open,
    Same,
    Verdict,
)
from kustomize_controller.workers import WorkerError, Workers
from weir import archive
from weir.api.base import ObjectMeta
from weir.api.kustomization import HealthCheckExpression, Kustomization, KustomizationSpec, PostBuild, SourceReference

TREE = {
    "kustomization.yaml": b"resources: [a.yaml]\n",
    "a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
}


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(1, Limits(seconds=20))
    yield workers
    await workers.close()


def ks(**spec: object) -> Kustomization:
    given = KustomizationSpec(prune=True, source_ref=SourceReference("GitRepository", "repo"))
    return Kustomization(metadata=ObjectMeta(name="a", namespace="ns"), spec=msgspec.structs.replace(given, **spec))


async def test_an_artifact_is_opened_and_built_and_the_same_is_known_again(workers: Workers) -> None:
    async with workers.worker() as worker:
        await worker.ask(Open("d", archive.pack(TREE)))
        assert worker.trees == {"d"}
        built = (await worker.ask(Build("d", ks()))).answer
        assert isinstance(built, Built)
        assert [msgspec.json.decode(raw)["metadata"]["name"] for raw in built.objects] == ["a"]
        assert built.origins == ("a.yaml:1",)
        await worker.ask(Open("e", archive.pack({**TREE, "other.yaml": b"x"})))
        again = Build("e", ks(), closure=built.closure, key=built.key)
        assert (await worker.ask(again)).answer == Same()
        for changed in (
            msgspec.structs.replace(again, kustomization=ks(name_prefix="x")),
            msgspec.structs.replace(again, variables=({"a": "b"},)),
            msgspec.structs.replace(again, strict=False),
        ):
            assert isinstance((await worker.ask(changed)).answer, Built)


REFUSED = {
    "a path that is not there": (ks(path="nope"), "path", "path not found: stat nope: no such file or directory"),
    "a variable that is not set": (
        ks(name_prefix="${x}-", post_build=PostBuild(substitute={"a": "b"})),
        "build",
        'v1/ConfigMap ${x}-a: variable not set (strict): "x"',
    ),
    "a component from elsewhere": (ks(components=("https://x",)), "build", "https://x is not local"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_build_that_is_refused_says_why(workers: Workers, name: str) -> None:
    obj, kind, text = REFUSED[name]
    async with workers.worker() as worker:
        await worker.ask(Open("d", archive.pack(TREE)))
        with pytest.raises(WorkerError) as caught:
            await worker.ask(Build("d", obj, variables=(({"a": "b"}),)))
        assert text in str(caught.value)
        assert caught.value.kind == kind


async def test_expressions_are_checked_and_evaluated(workers: Workers) -> None:
    good = HealthCheckExpression("v1", "true", "Pod")
    assert await workers.ask(CheckRules((good,))) == Done()
    with pytest.raises(WorkerError, match=r"healthCheckExprs\[0\]"):
        await workers.ask(CheckRules((HealthCheckExpression("v1", "1 +", "Pod"),)))
    with pytest.raises(WorkerError, match="must be a bool"):
        await workers.ask(CheckReady((("dep.ok", "dependsOn[0].readyExpr"),)))
    assert await workers.ask(AskReady("dep.ok == true", b"{}", b'{"ok": true}')) == Verdict(ready=True)
    assert await workers.ask(AskReady("dep.ok == true", b"{}", b"{}")) == Verdict(ready=False, error="no such key: ok")
    answer = await workers.ask(AskHealth((("data.a == '1'", "", ""),), (b'{"data": {"a": "1"}}',)))
    assert answer == Judged((("Current", ""),))


async def test_a_worker_that_takes_too_long_is_replaced() -> None:
    workers = Workers(1, Limits(seconds=3))
    try:
        assert await workers.ask(AskReady("true", b"{}", b"{}")) == Verdict(ready=True)
        with pytest.raises(WorkerError, match="took longer than 3s and was stopped"):
            await workers.ask(AskReady(f"size({_slow()}) == 1", b"{}", b"{}"))
        assert await workers.ask(AskReady("true", b"{}", b"{}")) == Verdict(ready=True)
    finally:
        await workers.close()


async def test_an_archive_beyond_the_limits_is_refused() -> None:
    workers = Workers(1, Limits(unpacked=1 << 20))
    try:
        with pytest.raises(WorkerError, match="larger than 1048576 bytes unpacked"):
            await workers.ask(Open("d", archive.pack({"big": bytes(2 << 20)})))
    finally:
        await workers.close()


async def test_a_build_beyond_its_memory_costs_its_worker_alone() -> None:
    workers = Workers(1, Limits(memory=300 << 20, seconds=20))
    try:
        with pytest.raises(WorkerError, match="needs more memory than"):
            await workers.ask(Open("d", archive.pack({"big": bytes(400 << 20)})))
        assert await workers.ask(CheckRules(())) == Done()
    finally:
        await workers.close()


async def test_the_oldest_trees_go(workers: Workers) -> None:
    small = Workers(1, Limits(trees=1000))
    try:
        async with small.worker() as worker:
            for digest in "abc":
                await worker.ask(Open(digest, archive.pack({"f": bytes(600)})))
            assert worker.trees == {"c"}
    finally:
        await small.close()


async def test_a_cancelled_task_takes_its_worker_along(workers: Workers) -> None:
    await workers.start()
    task = asyncio.create_task(workers.ask(AskReady("true", b"{}", b"{}")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await workers.ask(CheckRules(())) == Done()


async def test_a_worker_has_no_credentials(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    async with workers.worker() as worker:
        await worker.start()
        process = worker._child._process  # noqa: SLF001  what the kernel says of it
        assert process is not None
        with open(f"/proc/{process.pid}/environ", "rb") as file:  # noqa: ASYNC230, PTH123  a file of the kernel
            environment = file.read()
    assert b"canary" not in environment
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "canary"


async def test_a_worker_that_takes_too_much_processor_time_says_so() -> None:
    workers = Workers(1, Limits(cpu=0.5, seconds=30, expression=30))
    try:
        with pytest.raises(WorkerError, match=r"needs more than 0\.5s of processor time"):
            await workers.ask(AskReady(f"size({_slow()}) == 1", b"{}", b"{}"))
    finally:
        await workers.close()


def _slow() -> str:
    """An expression that takes for ever and little memory."""
    ten = "[0,1,2,3,4,5,6,7,8,9]"
    slow = "true"
    for level in range(12):
        slow = f"{ten}.all(x{level}, {slow})"
    return f"[{slow}]"
