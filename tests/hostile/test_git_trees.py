"""Trees that no honest git writes, and trees that are bombs: made by hand, served by real git."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from tests.hostile.city import City, ready
from tests.servers.git_http import GitHttpServer
from tests.servers.git_repository import Repository
from weir.archive import unpack

FILE, RUN, LINK, TREE, MODULE = b"100644", b"100755", b"120000", b"40000", b"160000"
Entry = tuple[bytes, bytes, str]
"""Mode, name, object."""


def store(repository: Repository, kind: str, content: bytes) -> str:
    """Write an object of any content; its name."""
    command = ["git", f"--git-dir={repository.bare}", "hash-object", "-w", "-t", kind, "--literally", "--stdin"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()


def plant(repository: Repository, entries: Sequence[Entry], branch: str) -> str:
    """A branch with exactly this root tree, in this order; the tree's name."""
    tree = store(
        repository, "tree", b"".join(b"%b %b\0%b" % (mode, name, bytes.fromhex(it)) for mode, name, it in entries)
    )
    who = b"A <a@example.org> 1700000000 +0000"
    commit = store(repository, "commit", b"tree %b\nauthor %b\ncommitter %b\n\nBad\n" % (tree.encode(), who, who))
    (repository.bare / "refs/heads" / branch).write_text(commit + "\n")
    return tree


async def content(city: City, name: str) -> dict[str, bytes]:
    """What the artifact of a source holds."""
    url = (await city.ready("GitRepository", name))["status"]["artifact"]["url"]
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return unpack(await answer.read())


async def test_go_git_cve_2026_45571_git_directories_in_a_tree_reach_nobody(
    city: City, repository: Repository, server: GitHttpServer, marker: Path
) -> None:
    config = store(repository, "blob", f"[core]\n\tfsmonitor = touch {marker}\n".encode())
    hook = store(repository, "blob", f"#!/bin/sh\ntouch {marker}\n".encode())
    good = store(repository, "blob", b"a: 1\n")
    for number, name in enumerate(
        (b".git", b".GIT", b"git~1", b".git\xe2\x80\x8c", b".git ", b".git.", b".gitmodules")
    ):
        inner = store(
            repository, "tree", b"100644 config\0" + bytes.fromhex(config) + b"100755 hook\0" + bytes.fromhex(hook)
        )
        entries = sorted([(TREE, name, inner), (FILE, b"a.yaml", good)], key=lambda it: it[1])
        plant(repository, entries, f"b{number}")
        await city.repository(f"b{number}", f"{server.url}/app.git", ref={"branch": f"b{number}"})
    for number in range(7):
        body = await city.until("GitRepository", f"b{number}", lambda it: ready(it)["status"] in {"True", "False"})
        if ready(body)["status"] == "False":
            assert "Git metadata" in ready(body)["message"]
            continue
        found = await content(city, f"b{number}")
        assert found["a.yaml"] == b"a: 1\n"
        assert not any(path.lower().startswith(".git/") for path in found)


async def test_cve_2022_24904_links_and_submodules_are_left_out(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    good = store(repository, "blob", b"a: 1\n")
    links = {
        b"etc": b"/etc",
        b"loop": b"loop",
        b"passwd": b"/etc/passwd",
        b"proc": b"/proc/self/environ",
        b"up": b"../..",
    }
    entries = [(LINK, name, store(repository, "blob", target)) for name, target in links.items()]
    entries += [(MODULE, b"module", "1" * 40), (FILE, b"a.yaml", good)]
    plant(repository, sorted(entries, key=lambda it: it[1]), "links")
    await city.repository("links", f"{server.url}/app.git", ref={"branch": "links"}, recurseSubmodules=False)
    assert await content(city, "links") == {"a.yaml": b"a: 1\n"}


async def test_argo_cve_2022_24348_entries_that_climb_out_of_the_tree_are_refused_by_name(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    blob = store(repository, "blob", b"x")
    names = {"dots": b"..", "dot": b".", "slash": b"../../etc/x", "absolute": b"/etc/x", "empty": b""}
    for branch, name in names.items():
        plant(repository, [(FILE, name, blob)], branch)
    plant(repository, [(FILE, b"a", blob), (FILE, b"a", blob)], "twice")
    plant(repository, [(FILE, b"a", blob), (TREE, b"a", store(repository, "tree", b""))], "both")
    (repository.bare / "refs/heads" / "tree").write_text(store(repository, "tree", b"") + "\n")
    store_bad = store(repository, "tree", b"100644 broken")
    plant(repository, [(TREE, b"sub", store_bad)], "broken")
    for branch in (*names, "twice", "both", "tree", "broken"):
        await city.repository(branch, f"{server.url}/app.git", ref={"branch": branch})
    for branch in (*names, "twice", "both", "tree", "broken"):
        assert await city.failed("GitRepository", branch), branch


async def test_cve_2021_43784_odd_names_do_no_harm(city: City, repository: Repository, server: GitHttpServer) -> None:
    blob = store(repository, "blob", b"x")
    names = [
        b"-rf",
        b"$HOME",
        b"a\nb",
        b"a\\..\\b",
        b"\x1b[31mred",
        b"con",
        b"\xff\xfe",
        b"~",
        b"\xef\xbc\x8e\xef\xbc\x8e",
    ]
    plant(repository, sorted(((FILE, name, blob) for name in names), key=lambda it: it[1]), "odd")
    await city.repository("odd", f"{server.url}/app.git", ref={"branch": "odd"})
    assert set(await content(city, "odd")) == {"-rf", "$HOME", "con", "~", "．．"}  # noqa: RUF001  full-width dots


async def test_argo_cve_2022_31016_a_tree_of_ten_billion_files_is_refused_quickly(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    entry = store(repository, "blob", b"bomb\n")
    mode = FILE
    for _ in range(10):
        tree = b"".join(b"%b f%d\0%b" % (mode, number, bytes.fromhex(entry)) for number in range(10))
        entry, mode = store(repository, "tree", tree), TREE
    plant(repository, [(TREE, b"d", entry)], "bomb")
    await city.repository("bomb", f"{server.url}/app.git", ref={"branch": "bomb"}, timeout="30s")
    started = time.monotonic()
    assert "entries" in await city.failed("GitRepository", "bomb", within=40)
    assert time.monotonic() - started < 20
    assert city.suite.memory("source-controller") < 700 << 20


@pytest.mark.soak  # packing it takes git longer than refusing it takes us
async def test_argo_cve_2022_31016_a_huge_file_of_nothing_is_refused_by_name(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    huge = repository.work / "huge.bin"
    with huge.open("wb") as file:
        os.truncate(file.fileno(), 600 << 20)
    repository.git("-c", "core.bigFileThreshold=1g", "-c", "core.compression=1", "add", "huge.bin")
    repository.git("commit", "-q", "-m", "Huge")
    repository.git("push", "-q", "origin", "HEAD:refs/heads/huge")
    huge.unlink()
    await city.repository("huge", f"{server.url}/app.git", ref={"branch": "huge"}, timeout="60s")
    assert "huge.bin: larger than" in await city.failed("GitRepository", "huge", within=60)
    assert city.suite.memory("source-controller") < 700 << 20


async def test_a_repository_nested_too_deep_is_refused(
    city: City, repository: Repository, server: GitHttpServer
) -> None:
    entry = store(repository, "blob", b"x")
    mode = FILE
    for _ in range(110):
        entry, mode = store(repository, "tree", b"%b d\0%b" % (mode, bytes.fromhex(entry))), TREE
    plant(repository, [(TREE, b"d", entry)], "deep")
    await city.repository("deep", f"{server.url}/app.git", ref={"branch": "deep"})
    assert "directories deep" in await city.failed("GitRepository", "deep")
