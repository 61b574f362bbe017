import asyncio

from tests.kustomize_controller.world import World, condition, config_map, tree

R1, R2 = "main@sha1:1", "main@sha1:2"


async def test_an_artifact_that_is_gone_is_awaited(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    files = dict(world.artifacts.files)
    world.artifacts.files.clear()
    await world.apply()
    await world.start("--requeue-dependency=300ms")
    assert (await world.failed("ArtifactFailed")).startswith("artifact not found at http://127.0.0.1:")
    assert not [it for it in world.events() if it.severity == "error"]
    world.artifacts.files |= files
    await world.ready(R1)


async def test_a_wrong_digest_is_told(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1, digest=f"sha256:{'0' * 64}")
    await world.apply()
    await world.start()
    assert "does not have the digest sha256:000" in await world.failed("ArtifactFailed")


async def test_an_artifact_that_would_leave_its_root_is_refused(world: World) -> None:
    await world.push({"../evil.yaml": "x"}, R1)
    await world.apply()
    await world.start()
    assert "would leave the root" in await world.failed("ArtifactFailed")


async def test_what_is_no_archive_is_refused(world: World) -> None:
    await world.push_bytes(b"nonsense" * 99, R1)
    await world.apply()
    await world.start()
    assert "gzip" in await world.failed("ArtifactFailed")


async def test_an_artifact_is_downloaded_once(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    for number in range(5):
        await world.apply(f"apps{number}", targetNamespace=world.namespace)
    await world.start()
    for number in range(5):
        await world.ready(R1, f"apps{number}")
    assert len(world.artifacts.requests) == 1


async def test_a_bomb_is_refused_and_delays_nobody(world: World) -> None:
    anchors = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
    )
    await world.push({"kustomization.yaml": "resources: [bomb.yaml]\n", "bomb.yaml": anchors}, R1, "bomb")
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply("bomb", sourceRef={"kind": "GitRepository", "name": "bomb"})
    await world.apply()
    await world.start()
    await world.ready(R1)
    assert "bomb.yaml" in await world.failed("BuildFailed", "bomb")


async def test_bases_that_name_each_other_are_refused(world: World) -> None:
    files = {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"}
    await world.push(files, R1)
    await world.apply(path="a")
    await world.start()
    assert "cycle" in await world.failed("BuildFailed")


async def test_remote_bases_are_refused_before_any_request(world: World) -> None:
    await world.push({"kustomization.yaml": f"resources: ['{world.artifacts.url}/x.yaml']\n"}, R1)
    await world.apply()
    await world.start("--no-remote-bases")
    assert "remote bases are not allowed here" in await world.failed("BuildFailed")
    await asyncio.sleep(0.1)
    assert not [path for path in world.artifacts.requests if path == "x.yaml"]
    assert condition(await world.get(), "Reconciling") == "True"


async def test_of_many_users_the_one_for_which_something_changed_goes_first(world: World) -> None:
    names = [f"app{number:02}" for number in range(16)]
    files: dict[str, str] = {}
    for name in names:
        files |= {f"{name}/{path}": text for path, text in tree(world.namespace, **{name: {"x": "1"}}).items()}
    await world.push(files, R1)
    for name in names:
        await world.apply(name, path=name)
    await world.start("--concurrent=1")
    for name in names:
        await world.ready(R1, name)
    await world.push(files | {"app14/app14.yaml": config_map("app14", x="2")}, R2)
    for name in names:
        await world.ready(R2, name)

    def done() -> list[str]:
        events = [it for it in world.events() if R2 in it.metadata.values() and "finished" in it.message]
        return [it.involved_object.name for it in events]

    async with asyncio.timeout(10):
        while len(done()) < len(names):  # events arrive after the status that they tell of
            await asyncio.sleep(0.05)
    assert done()[:2] == ["app00", "app14"]
