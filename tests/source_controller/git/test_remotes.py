import asyncio
import io
import os
import signal
import tarfile
import time
from pathlib import Path

import pytest

from source_controller.git.auth import Address, Credentials
from source_controller.git.children import Children
from source_controller.git.complaint import explain
from source_controller.git.jobs import Access, Failure, Fetched, Limits
from source_controller.git.remotes import Remotes
from tests.servers.git_http import GitHttpServer, server_tls
from tests.servers.git_repository import Repository
from tests.servers.git_ssh import GitSshServer
from tests.source_controller.git.reach import reach, take
from weir.api.source import GitRepositoryRef as Ref
from weir.archive import digest, unpack


async def test_a_branch_is_fetched_and_packed(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    access = reach(f"{server.url}/app.git")
    fetched = await take(remotes, access, Ref(branch="main"), tmp_path / "out")
    assert isinstance(fetched, Fetched), fetched
    packed = (tmp_path / "out").read_bytes()
    assert fetched.candidate.revision == f"main@sha1:{repository.head()}"
    assert (fetched.subject, fetched.digest, fetched.size) == ("First commit", digest(packed), len(packed))
    assert unpack(packed) == {"app/a.yaml": b"a: 1\n", "run.sh": b"#!/bin/sh\n"}


async def test_a_second_fetch_brings_only_what_is_new(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    access = reach(f"{server.url}/app.git")
    repository.commit({"big": os.urandom(2 << 20)})
    assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "1"), Fetched)
    mirror = tmp_path / "mirrors" / remotes.name(access)
    before = sum(file.stat().st_size for file in mirror.rglob("*") if file.is_file())
    repository.commit({"app/a.yaml": "a: 2\n"})
    assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "2"), Fetched)
    after = sum(file.stat().st_size for file in mirror.rglob("*") if file.is_file())
    assert after - before < 10_000
    asked = server.requests["git-upload-pack"]
    assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "3"), Fetched)
    assert server.requests["git-upload-pack"] == asked + 1  # the listing alone
    assert (tmp_path / "3").read_bytes() == (tmp_path / "2").read_bytes()


async def test_every_kind_of_reference(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    first = repository.head()
    repository.tag("v1.0.0", annotated=True)
    second = repository.commit({"app/a.yaml": "a: 2\n"})
    repository.tag("v1.1.0")
    third = repository.commit({"app/a.yaml": "a: 3\n"}, branch="feature/x")
    repository.git("push", "-q", "origin", f"{third}:refs/pull/7/head")
    fourth = repository.commit({"app/a.yaml": "a: 4\n"})
    access = reach(f"{server.url}/app.git")
    expected = {
        Ref(branch="main"): f"main@sha1:{fourth}",
        Ref(branch="feature/x"): f"feature/x@sha1:{third}",
        Ref(tag="v1.0.0"): f"v1.0.0@sha1:{first}",
        Ref(semver="1.0.x"): f"v1.0.0@sha1:{first}",
        Ref(semver=">=1.0.0"): f"v1.1.0@sha1:{second}",
        Ref(name="refs/pull/7/head"): f"refs/pull/7/head@sha1:{third}",
        Ref(name="refs/tags/v1.0.0^{}"): f"refs/tags/v1.0.0^{{}}@sha1:{first}",
        Ref(name="HEAD"): f"HEAD@sha1:{fourth}",
        Ref(commit=second): f"sha1:{second}",
        Ref(commit=first, branch="main"): f"main@sha1:{first}",
    }
    found = {}
    for ref in expected:
        taken = await take(remotes, access, ref, tmp_path / "out")
        assert isinstance(taken, Fetched), (ref, taken)
        found[ref] = taken.candidate.revision
    assert found == expected


async def test_a_commit_that_the_remote_does_not_give_by_name_is_found_in_the_history(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    first = repository.head()
    for number in range(3):
        repository.commit({"n": str(number)})
    access = reach(f"{server.url}/app.git")
    assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "0"), Fetched)
    missing = await take(remotes, access, Ref(commit="1" * 40), tmp_path / "1")
    assert isinstance(missing, Failure)
    assert missing.message == f"commit {'1' * 40} is in no branch that was fetched"
    taken = await take(remotes, access, Ref(commit=first), tmp_path / "2")
    assert isinstance(taken, Fetched)


async def test_equal_versions_go_by_the_date_of_the_commit(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    late = repository.commit({"x": "late"}, when=2_000_000_000)
    repository.tag("1.0.0+a")
    repository.commit({"x": "early"}, when=1_000_000_000)
    repository.tag("1.0.0+b")
    taken = await take(remotes, reach(f"{server.url}/app.git"), Ref(semver="1.x"), tmp_path / "out")
    assert isinstance(taken, Fetched), taken
    assert taken.candidate.revision == f"1.0.0+a@sha1:{late}"


async def test_ignore_rules_and_sparse_checkout(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    files = {".sourceignore": "*.md\n", "sub/.sourceignore": "/secret\n", "sub/secret": "s", "secret": "s", "a.md": "m"}
    repository.commit({**files, "logo.png": "p", "tool": "t"})
    access = reach(f"{server.url}/app.git")
    await take(remotes, access, Ref(branch="main"), tmp_path / "1")
    assert set(unpack((tmp_path / "1").read_bytes())) == {
        ".sourceignore",
        "sub/.sourceignore",
        "secret",
        "logo.png",
        "tool",
        "app/a.yaml",
        "run.sh",
    }
    await take(remotes, access, Ref(branch="main"), tmp_path / "2", ignore="/*\n!/app/")
    assert set(unpack((tmp_path / "2").read_bytes())) == {"app/a.yaml"}
    await take(remotes, access, Ref(branch="main"), tmp_path / "3", sparse=("./app", "sub"))
    assert set(unpack((tmp_path / "3").read_bytes())) == {"app/a.yaml", "sub/.sourceignore"}
    missing = await take(remotes, access, Ref(branch="main"), tmp_path / "4", sparse=("nope",))
    assert missing == Failure("sparse checkout directory 'nope' does not exist in the repository")


async def test_what_an_artifact_cannot_hold_is_left_out(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    (repository.work / "link").symlink_to("/etc/passwd")
    (repository.work / "run.sh").chmod(0o755)
    head = repository.head()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{head},module")
    repository.commit({".gitmodules": '[submodule "m"]\n\tpath = module\n\turl = ext::sh -c touch% /tmp/x\n'})
    taken = await take(
        remotes, reach(f"{server.url}/app.git"), Ref(branch="main"), tmp_path / "out", ignore="!.gitmodules"
    )
    assert isinstance(taken, Fetched), taken
    assert "link" in taken.skipped
    with tarfile.open(fileobj=io.BytesIO((tmp_path / "out").read_bytes())) as archive:
        assert {member.name: member.mode for member in archive if member.isfile()}["run.sh"] == 0o700
        assert not [member for member in archive if member.issym()]


HOSTILE_TREES: dict[str, list[tuple[str, str]]] = {
    "two dots": [("100644", "..")],
    "a dot": [("100644", ".")],
    "a slash": [("100644", "a/../../b")],
    "twice the same name": [("100644", "a"), ("100755", "a")],
    "git": [("100644", ".git")],
    "git in capitals": [("100644", ".GIT")],
    "git as Windows reads it": [("100644", "git~1")],
    "git as macOS reads it": [("100644", ".g\u200cit")],
    "an unknown mode": [("170000", "a")],
}


def _tree(repository: Repository, entries: list[tuple[str, str]]) -> str:
    blob = repository.git("hash-object", "-w", "run.sh").strip()
    body = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(blob) for mode, name in entries)
    (repository.work / "tree.bin").write_bytes(body)
    tree = repository.git("hash-object", "-t", "tree", "-w", "--literally", "tree.bin").strip()
    commit = repository.git("commit-tree", "-m", "hostile", tree).strip()
    repository.git("push", "-q", "-f", "origin", f"{commit}:refs/heads/main")
    return commit


@pytest.mark.parametrize("case", HOSTILE_TREES)
async def test_hostile_trees_are_refused(
    case: str, remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    _tree(repository, HOSTILE_TREES[case])
    taken = await take(remotes, reach(f"{server.url}/app.git"), Ref(branch="main"), tmp_path / "out")
    assert isinstance(taken, Failure)
    assert taken.message.startswith("the root: the tree")


async def test_names_that_consumers_refuse_stay_out(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    _tree(repository, [("100644", name) for name in ("a\nb", "a\\b", "ok")])
    taken = await take(remotes, reach(f"{server.url}/app.git"), Ref(branch="main"), tmp_path / "out")
    assert isinstance(taken, Fetched), taken
    assert set(unpack((tmp_path / "out").read_bytes())) == {"ok"}
    assert taken.skipped == ("a\nb", "a\\b")


async def test_trees_beyond_the_limits_are_refused(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"/".join("d" * 12): "deep", "big": "x" * 5000})
    limits = {
        "the tree has more than 3 entries": Limits(entries=3),
        "the tree is larger than 100 bytes": Limits(total_bytes=100),
        "big: larger than 4000 bytes": Limits(file_bytes=4000),
        "d/d/d/d/d/d: more than 5 directories deep": Limits(depth=5),
    }
    for message, limit in limits.items():
        taken = await take(remotes, reach(f"{server.url}/app.git"), Ref(branch="main"), tmp_path / "out", limits=limit)
        assert taken == Failure(message)


async def test_probes_are_shared_and_never_answer_from_before_the_question(
    remotes: Remotes, server: GitHttpServer, repository: Repository
) -> None:
    access = reach(f"{server.url}/app.git")
    answers = await asyncio.gather(*(remotes.list(access, everything=False, timeout=20) for _ in range(50)))
    assert len({str(answer) for answer in answers}) == 1
    assert server.requests["info/refs"] == 1
    early = asyncio.create_task(remotes.list(access, everything=False, timeout=20))
    await asyncio.sleep(0.01)
    head = repository.commit({"x": "1"})
    late = await asyncio.gather(*(remotes.list(access, everything=False, timeout=20) for _ in range(10)))
    assert all(not isinstance(answer, Failure) and answer["refs/heads/main"] == head for answer in late)
    await early
    assert server.requests["info/refs"] == 3


async def test_credentials_over_http(remotes: Remotes, repository: Repository, tmp_path: Path) -> None:
    context, authority = server_tls(tmp_path / "tls")
    async with (
        GitHttpServer(tmp_path / "git", username="me", password='p"a\\ss wörd', tls=context) as basic,
        GitHttpServer(tmp_path / "git", token="t0ken") as bearer,
    ):
        url = f"{basic.url}/app.git"
        good = reach(url, username="me", password='p"a\\ss wörd', ca_crt=authority)
        assert isinstance(await take(remotes, good, Ref(branch="main"), tmp_path / "1"), Fetched)
        assert isinstance(
            await take(
                remotes, reach(f"{bearer.url}/app.git", bearerToken="t0ken\n"), Ref(branch="main"), tmp_path / "1"
            ),
            Fetched,
        )
        wrong = {
            "credentials of Secret ns/secret": reach(url, username="me", password="wrong-password", ca_crt=authority),
            "authentication required": reach(url, ca_crt=authority),
            "TLS with 127.0.0.1 failed": reach(url, username="me", password="wrong-password"),
        }
        for words, access in wrong.items():
            failure = await remotes.list(access, everything=False, timeout=20)
            assert isinstance(failure, Failure)
            message = explain(failure.message, access.address, "ns/secret" if access.credentials.authorization else "")
            assert words in message, message
            assert "wrong-password" not in failure.message


async def test_credentials_over_ssh(remotes: Remotes, repository: Repository, tmp_path: Path) -> None:
    async with GitSshServer(tmp_path / "git") as server, GitSshServer(tmp_path / "git") as other:
        url = f"{server.url}/app.git"
        good = reach(url, identity=server.identity, known_hosts=server.known_hosts)
        taken = await take(remotes, good, Ref(branch="main"), tmp_path / "1")
        assert isinstance(taken, Fetched), taken
        imposter = f"[127.0.0.1]:{url.rpartition(':')[2].partition('/')[0]} {other.known_hosts.partition(' ')[2]}"
        wrong = {
            "the host key of 127.0.0.1 is not the one": reach(url, identity=server.identity, known_hosts=imposter),
            "the host key of 127.0.0.1": reach(url, identity=server.identity, known_hosts=other.known_hosts),
            "credentials of Secret ns/secret": reach(url, identity=other.identity, known_hosts=server.known_hosts),
        }
        for words, access in wrong.items():
            failure = await remotes.list(access, everything=False, timeout=20)
            assert isinstance(failure, Failure)
            message = explain(failure.message, access.address, "ns/secret")
            assert words in message, (words, message, failure.message)


async def test_an_encrypted_key_is_opened_with_its_passphrase(
    remotes: Remotes, repository: Repository, tmp_path: Path
) -> None:
    async with GitSshServer(tmp_path / "git") as server:
        (tmp_path / "id").write_text(server.identity)
        (tmp_path / "id").chmod(0o600)
        process = await asyncio.create_subprocess_exec(
            "ssh-keygen", "-q", "-p", "-N", "pass phrase", "-f", str(tmp_path / "id"), stdout=asyncio.subprocess.DEVNULL
        )
        assert await process.wait() == 0
        identity = (tmp_path / "id").read_text()
        url = f"{server.url}/app.git"
        access = reach(url, identity=identity, known_hosts=server.known_hosts, password="pass phrase")
        taken = await take(remotes, access, Ref(branch="main"), tmp_path / "1")
        assert isinstance(taken, Fetched), taken
        access = reach(url, identity=identity, known_hosts=server.known_hosts, password="other")
        failure = await remotes.list(access, everything=False, timeout=20)
        assert isinstance(failure, Failure)
        assert "authentication failed" in explain(failure.message, access.address, "ns/secret"), failure.message


async def test_unreachable_and_silent_hosts(remotes: Remotes) -> None:
    failure = await remotes.list(reach("http://127.0.0.1:1/app.git"), everything=False, timeout=20)
    assert isinstance(failure, Failure)
    assert "127.0.0.1" in failure.message

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    started = time.monotonic()
    failure = await remotes.list(reach(f"http://127.0.0.1:{port}/app.git"), everything=False, timeout=0.5)
    assert failure == Failure("timed out after 0.5s", "remote")
    assert time.monotonic() - started < 2
    silent.close()


async def test_other_protocols_and_redirects_do_not_happen(remotes: Remotes, tmp_path: Path) -> None:
    for url in ("ext::sh -c touch% /tmp/x", f"file://{tmp_path}", "-c/core.sshCommand=x", "git://127.0.0.1/x"):
        access = Access(Address("http", "x", url), Credentials())
        failure = await remotes.list(access, everything=False, timeout=20)
        assert isinstance(failure, Failure), url


async def test_the_server_comes_back_after_it_was_killed(tmp_path: Path, repository: Repository) -> None:
    async with GitHttpServer(tmp_path / "git") as server, Children(os.environ) as children:
        remotes = Remotes(children, tmp_path / "mirrors")
        access = reach(f"{server.url}/app.git")
        assert not isinstance(await remotes.list(access, everything=False, timeout=20), Failure)
        assert children.pid
        os.kill(children.pid, signal.SIGKILL)
        assert not isinstance(await remotes.list(access, everything=False, timeout=20), Failure)


async def test_a_damaged_mirror_is_made_anew(
    remotes: Remotes, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    access = reach(f"{server.url}/app.git")
    assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "1"), Fetched)
    mirror = tmp_path / "mirrors" / remotes.name(access)
    (mirror / "shallow.lock").touch()
    for path in [*mirror.glob("objects/??/*"), *mirror.glob("objects/pack/*")]:
        path.unlink()
    taken = await take(remotes, access, Ref(branch="main"), tmp_path / "2")
    assert isinstance(taken, Fetched), taken
    repository.commit({"x": "1"})
    for path in [*mirror.glob("objects/??/*"), *mirror.glob("objects/pack/*")]:
        path.chmod(0o600)
        path.write_bytes(b"rubbish")
    taken = await take(remotes, access, Ref(branch="main"), tmp_path / "3")
    assert isinstance(taken, Fetched), taken
