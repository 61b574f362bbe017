"""What the README tells to type works as it stands there, on a suite that `weir local up` has started."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.hostile.suite import Suite
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = [block.strip() for block in re.findall(r"^```\w*\n(.*?)^```", README, re.DOTALL | re.MULTILINE)]
MADE_UP = re.compile(r"https://git\.example\.com/\S+?\.git")
"""The address in the README that is the reader's to fill in."""
TARGETS = sorted(
    {
        target
        for block in BLOCKS
        for line in block.splitlines()
        if line.startswith("make ")
        for target in line.partition("#")[0].split()[1:]
    }
)
TYPED = [block for block in BLOCKS if re.search(r"^(weir|kubectl) ", block, re.MULTILINE)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """The suite, running."""
    running = Suite(tmp_path_factory.mktemp("readme"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def repository(tmp_path: Path) -> AsyncIterator[str]:
    """The reader's repository; its address."""
    made = Repository(tmp_path / "git", "apps")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hello, namespace: default}\ndata: {hello: world}\n"
    made.commit({"hello.yaml": config})
    async with GitHttpServer(tmp_path / "git") as server:
        yield f"{server.url}/{made.name}"


def test_the_readme_has_something_to_type() -> None:
    assert TYPED
    assert {"demo", "local", "test", "bench", "help"} <= set(TARGETS)
    assert any(MADE_UP.search(block) for block in TYPED)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_that_it_names_is_there(target: str) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    done = subprocess.run([make, "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_make_local_is_weir_local_up() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    done = subprocess.run([make, "--dry-run", "local"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "weir local up" in done.stdout


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", range(len(TYPED)))
async def test_what_it_says_to_type_works(number: int, suite: Suite, repository: str, tmp_path: Path) -> None:
    text = MADE_UP.sub(repository, TYPED[number])
    script = tmp_path / "typed.sh"
    script.write_text(f"set -euxo pipefail\n{text}\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": str(suite.kubeconfig)}
    said = await run(["bash", str(script)], environment)
    for expected in ("gitrepository/apps", "kustomization/apps", "Applied revision: main@sha1:"):
        assert expected in said, said
    words = ["kubectl", "-n", "default", "get", "configmap", "hello", "-o", "jsonpath={.data.hello}"]
    assert await run([str(ROOT / ".venv/bin" / words[0]), *words[1:]], environment) == "world"


async def run(command: list[str], environment: dict[str, str]) -> str:
    """What a command says; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


COMMANDS = sorted(
    {
        line.partition("#")[0].strip().split(" --")[0]
        for block in TYPED
        for line in block.splitlines()
        if line.startswith("weir ")
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_it_names_teaches_itself(command: str) -> None:
    words = [word for word in command.split()[1:] if word.isalpha()]
    weir = ROOT / ".venv/bin/weir"
    done = subprocess.run([weir, *words[:1], "--help"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "Usage: weir" in done.stdout
