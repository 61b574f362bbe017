"""One malformed object among a thousand: it is named, nothing of its revision is applied and nothing pruned."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, failed
from tests.e2e.faults.story import TEAM, Story, apply, tenants
from weir import yaml
from weir.kube import kinds

GOOD, A_FILE = 1000, 100
NAME = "many"
MALFORMED = {
    "a field of the wrong type": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndata: [a, b]\n",
        ("ConfigMap/team-b/bad", "bad.yaml:1", "data"),
    ),
    "a name that no API takes": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n",
        ("ConfigMap/team-b/Bad_Name", "bad.yaml:1", "metadata.name"),
    ),
    "a kind that nobody serves": (
        "apiVersion: example.org/v1\nkind: Gone\nmetadata: {name: bad}\n",
        ("Gone/team-b/bad", "bad.yaml:1", "example.org/v1"),
    ),
    "no YAML": ("apiVersion: v1\nkind: [ConfigMap\n", ("bad.yaml:3",)),
}
"""What the file holds, and what the message has to name."""


@pytest.mark.timeout(400)
async def test_a_thousand_objects_wait_unharmed_until_the_malformed_one_is_mended(story: Story, tmp_path: Path) -> None:
    world = story.world
    content = tmp_path / NAME
    for path, text in tree("0").items():
        (content / path).parent.mkdir(parents=True, exist_ok=True)
        (content / path).write_text(text)
    await world.make(NAME, content)
    await apply(story, *objects(story))
    await applied(story, (await world.git(NAME, "rev-parse", "HEAD")).strip())
    before = await versions(story)
    assert len(before) == GOOD

    for what, (text, named) in MALFORMED.items():
        await push(story, {**tree("1", GOOD - 1), "bad.yaml": text})
        said = await failed(world, NAME, TEAM, named[0])
        assert all(word in said for word in named), (what, said)
        assert await versions(story) == before, what

    commit = await push(story, tree("1", GOOD - 1))
    await applied(story, commit)
    values = {name: value for name, (_, value) in (await versions(story)).items()}
    assert values == {f"good-{number}": "1" for number in range(GOOD - 1)}
    await story.nothing_is_lost()


def tree(value: str, count: int = GOOD) -> dict[str, str]:
    """A hundred good objects a file; a last file for a bad one."""
    files = {"bad.yaml": "# nothing\n"}
    for start in range(0, count, A_FILE):
        files[f"{start}.yaml"] = "---\n".join(
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: good-{number}}}\ndata: {{key: '{value}'}}\n"
            for number in range(start, min(start + A_FILE, count))
        )
    return {**files, "kustomization.yaml": yaml.dump({"resources": sorted(files)})}


def objects(story: Story) -> list[dict[str, Any]]:
    """The source and what applies it, under the tenant's account."""
    source = {
        "interval": "1s",
        "url": f"{story.world.addresses['http_address']}/{NAME}.git",
        "ref": {"branch": "main"},
        "secretRef": {"name": "git-http"},
    }
    applied = {
        "interval": "10m",
        "retryInterval": "2s",
        "path": "./",
        "prune": True,
        "targetNamespace": TEAM,
        "serviceAccountName": "deployer",
        "sourceRef": {"kind": "GitRepository", "name": NAME},
    }
    return [tenants(GIT_REPOSITORY, NAME, source), tenants(KUSTOMIZATION, NAME, applied)]


async def push(story: Story, files: Mapping[str, str]) -> str:
    """Push; wait until the attempt is at it. The commit."""
    commit = await story.world.push(NAME, "Change", files)

    async def attempted() -> bool:
        status = json.loads((await story.world.kube.get(KUSTOMIZATION, NAME, TEAM)).raw)["status"]
        return bool(status["lastAttemptedRevision"].endswith(commit))

    await story.world.until(f"{commit} is attempted", attempted, limit=60)
    return commit


async def applied(story: Story, commit: str) -> None:
    """Wait until a commit is applied."""

    async def there() -> bool:
        status = json.loads((await story.world.kube.get(KUSTOMIZATION, NAME, TEAM)).raw).get("status", {})
        return bool(status.get("lastAppliedRevision", "").endswith(commit))

    await story.world.until(f"{commit} is applied", there, limit=120)


async def versions(story: Story) -> dict[str, tuple[str, str]]:
    """Version and value of each of the thousand."""
    found = (await story.world.kube.list(kinds.CONFIG_MAP, TEAM)).objects
    return {
        it.metadata.name: (it.metadata.resource_version, it.body()["data"]["key"])
        for it in found
        if it.metadata.name.startswith("good-")
    }
