"""Whole passes at GitRepositories: real Git servers, the local cluster, the artifact server."""

import asyncio
import shutil
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import aiohttp
import msgspec
import pytest

from tests.servers.git_http import GitHttpServer, server_tls
from tests.servers.git_repository import Repository
from tests.servers.git_ssh import GitSshServer
from tests.servers.sink import Sink
from tests.source_controller.world import KIND, World, conditions, state
from weir.api.event import Event
from weir.kube.client import PatchType


async def test_a_repository_becomes_an_artifact(world: World, server: GitHttpServer, repository: Repository) -> None:
    await world.make("app", f"{server.url}/app.git")
    found = await world.ready("app")
    status, artifact = found.status, found.status.artifact
    assert artifact
    head = repository.head()
    revision = f"main@sha1:{head}"
    assert (artifact.revision, artifact.path) == (revision, f"gitrepository/{world.namespace}/app/{head}.tar.gz")
    assert artifact.url == f"http://127.0.0.1:{world.port}/{artifact.path}"
    assert await world.tree(artifact) == {"app/a.yaml": b"a: 1\n", "run.sh": b"#!/bin/sh\n"}
    assert conditions(found) == {
        "Ready": ("True", "Succeeded", f"stored artifact for revision '{revision}'"),
        "ArtifactInStorage": ("True", "Succeeded", f"stored artifact for revision '{revision}'"),
    }
    assert status.observed_generation == found.metadata.generation
    assert found.metadata.finalizers == ("finalizers.fluxcd.io",)
    assert await world.events("app", "NewArtifact") == [
        ("Normal", "NewArtifact", "stored artifact for commit 'First commit'")
    ]


async def test_every_kind_of_reference(world: World, server: GitHttpServer, repository: Repository) -> None:
    first = repository.head()
    repository.tag("v1.0.0", annotated=True)
    second = repository.commit({"app/a.yaml": "a: 2\n"})
    repository.git("push", "-q", "origin", f"{second}:refs/pull/7/head")
    url = f"{server.url}/app.git"
    refs = {
        "branch": ({"branch": "main"}, f"main@sha1:{second}"),
        "tag": ({"tag": "v1.0.0"}, f"v1.0.0@sha1:{first}"),
        "semver": ({"semver": "1.x"}, f"v1.0.0@sha1:{first}"),
        "name": ({"name": "refs/pull/7/head"}, f"refs/pull/7/head@sha1:{second}"),
        "commit": ({"commit": first}, f"sha1:{first}"),
        "commit-branch": ({"commit": first, "branch": "main"}, f"main@sha1:{first}"),
        "semver-before-tag": ({"semver": ">=0.1.0", "tag": "nope"}, f"v1.0.0@sha1:{first}"),
    }
    for name, (ref, _) in refs.items():
        await world.make(name, url, ref=ref)
    for name, (_, revision) in refs.items():
        await world.ready(name, revision)


SUBJECT = "A subject that is much longer than fifty characters, as they often are"


async def test_a_new_revision_is_noticed_and_told(
    quiet_world: World, server: GitHttpServer, repository: Repository, sink: Sink
) -> None:
    quiet_world.events_url = sink.url
    await quiet_world.start()
    world = quiet_world
    await world.make("app", f"{server.url}/app.git")
    await world.ready("app")
    head = repository.commit(
        {"app/a.yaml": "a: 2\n"}, "A subject that is much longer than fifty characters, as they often are"
    )
    await world.request("app", "now")
    found = await world.ready("app", f"main@sha1:{head}")
    assert found.status.last_handled_reconcile_at == "now"
    assert (await world.tree(found.status.artifact))["app/a.yaml"] == b"a: 2\n"
    posted = [msgspec.json.decode(request.body, type=Event) for request in await sink.wait(2)]
    assert [(event.severity, event.reason, event.message) for event in posted] == [
        ("info", "NewArtifact", "stored artifact for commit 'First commit'"),
        ("info", "NewArtifact", "stored artifact for commit 'A subject that is much longer than fifty character...'"),
    ]
    artifact = found.status.artifact
    assert artifact
    assert posted[1].metadata == {
        "source.toolkit.fluxcd.io/revision": artifact.revision,
        "source.toolkit.fluxcd.io/digest": artifact.digest,
    }
    assert posted[1].reporting_controller == "source-controller"


async def test_no_change_keeps_the_artifact_and_tells_nobody(
    quiet_world: World, server: GitHttpServer, repository: Repository, sink: Sink
) -> None:
    quiet_world.events_url = sink.url
    await quiet_world.start()
    world = quiet_world
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    asked = server.requests["info/refs"]
    after = await world.pass_over("app", "again")
    assert after.status.artifact == before.status.artifact
    assert server.requests["info/refs"] == asked + 1
    assert conditions(after) == conditions(before)
    events = await world.events("app")
    assert ("Normal", "GitOperationSucceeded") in [event[:2] for event in events]
    assert len(await sink.wait(1)) == 1


async def test_the_same_content_at_a_new_revision_is_no_news(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    head = repository.commit({}, "Empty")
    await world.request("app", "now")
    after = await world.ready("app", f"main@sha1:{head}")
    assert before.status.artifact
    assert after.status.artifact
    assert after.status.artifact.digest == before.status.artifact.digest
    assert len(await world.events("app", "NewArtifact")) == 1


async def test_a_range_picks_up_a_new_tag(world: World, server: GitHttpServer, repository: Repository) -> None:
    first = repository.head()
    repository.tag("1.0.0")
    await world.make("app", f"{server.url}/app.git", ref={"semver": "1.x"})
    await world.ready("app", f"1.0.0@sha1:{first}")
    second = repository.commit({"app/a.yaml": "a: 2\n"})
    repository.tag("1.2.0")
    repository.tag("2.0.0")
    await world.request("app", "now")
    await world.ready("app", f"1.2.0@sha1:{second}")


async def test_ignore_rules_change_the_artifact_of_the_same_revision(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    await world.ready("app")
    await world.patch("app", ignore="/*\n!/app\n")
    found = await world.until("app", lambda it: it.status.observed_ignore == "/*\n!/app\n")
    assert set(await world.tree(found.status.artifact)) == {"app/a.yaml"}
    assert found.status.observed_generation == found.metadata.generation
    await world.patch("app", ignore="")
    found = await world.until("app", lambda it: it.status.observed_ignore == "")
    assert set(await world.tree(found.status.artifact)) == {"app/a.yaml", "run.sh"}


async def test_sparse_checkout(world: World, server: GitHttpServer, repository: Repository) -> None:
    await world.make("app", f"{server.url}/app.git", sparseCheckout=["./app"])
    found = await world.ready("app")
    assert set(await world.tree(found.status.artifact)) == {"app/a.yaml"}
    assert found.status.observed_sparse_checkout == ("./app",)
    await world.patch("app", sparseCheckout=["nope"])
    condition = await world.failed("app", "GitOperationFailed")
    assert "sparse checkout directory 'nope' does not exist" in condition.message


async def test_includes_are_copied_and_followed(
    world: World, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    other = Repository(tmp_path / "git", "base")
    other.commit({"deploy/b.yaml": "b: 1\n", "deploy/.sourceignore": "*.txt\n", "deploy/x.txt": "x"})
    include = [{"repository": {"name": "base"}, "fromPath": "deploy", "toPath": "included/base"}]
    await world.make("app", f"{server.url}/app.git", include=include)
    assert "could not get resource" in (await world.failed("app", "NotFound")).message
    assert conditions(await world.get("app"))["IncludeUnavailable"][:2] == ("True", "NotFound")
    await world.make("base", f"{server.url}/base.git")
    found = await world.ready("app")
    assert set(await world.tree(found.status.artifact)) == {
        "app/a.yaml",
        "run.sh",
        "included/base/b.yaml",
        "included/base/.sourceignore",
    }
    assert "IncludeUnavailable" not in conditions(found)
    base = await world.get("base")
    assert found.status.included_artifacts == (base.status.artifact,)
    other.commit({"deploy/b.yaml": "b: 2\n"})
    await world.request("base", "now")
    found = await world.until("app", lambda it: it.status.included_artifacts != found.status.included_artifacts)
    assert (await world.tree(found.status.artifact))["included/base/b.yaml"] == b"b: 2\n"
    await world.patch("app", include=[{"repository": {"name": "base"}, "toPath": "app"}])
    assert "'app' exists already and is not empty" in (await world.failed("app", "CopyFailure")).message
    await world.patch("app", include=None)
    found = await world.ready("app")
    assert set(await world.tree(found.status.artifact)) == {"app/a.yaml", "run.sh"}
    assert found.status.included_artifacts == ()


async def test_a_proxy_is_used(world: World, server: GitHttpServer, repository: Repository) -> None:
    asked: list[str] = []
    streams: list[asyncio.StreamWriter] = []

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        streams.append(writer)
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):  # who asks may leave at any time
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            asked.append(head)
            if "Proxy-Authorization: Basic" not in head:
                writer.write(b'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="p"\r\nContent-Length: 0\r\n')
                writer.write(b"Connection: close\r\n\r\n")
                return
            upstream = head.split()[1].removeprefix("http://").partition("/")[0]
            host, port = upstream.split(":")
            there, away = await asyncio.open_connection(host, int(port))
            streams.append(away)
            with closing(away):
                plain = head.replace(f"http://{upstream}/", "/", 1).removesuffix("\r\n")
                away.write(f"{plain}Connection: close\r\n\r\n".encode())
                fields = head.lower().split("\r\n")
                length = next((int(it[15:]) for it in fields if it.startswith("content-length:")), 0)
                away.write(await reader.readexactly(length) if length else b"")
                while data := await there.read(65536):
                    writer.write(data)

    async with await asyncio.start_server(forward, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        await world.secret("proxy", address=f"http://127.0.0.1:{port}", username="me", password="pr0xy-pass")
        await world.make("app", f"{server.url}/app.git", proxySecretRef={"name": "proxy"})
        await world.ready("app")
        assert any(f"GET {server.url}/app.git/info/refs" in head for head in asked)
        await world.secret("wrong", address="http://127.0.0.1:1", username="me", password="pr0xy-pass")
        await world.make("wrong", f"{server.url}/app.git", proxySecretRef={"name": "wrong"})
        assert "127.0.0.1 port 1" in (await world.failed("wrong", "GitOperationFailed")).message
        for stream in streams:
            with suppress(ConnectionError):
                await stream.wait_closed()


def _key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", str(path)], check=True)
    return path.with_suffix(".pub").read_text()


async def test_signatures_are_verified(
    world: World, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    mine, other = (_key(tmp_path / name) for name in ("mine", "other"))
    await world.secret("mine", **{"me.sshpub": mine})
    await world.secret("other", **{"other.sshpub": other})
    url, verify = f"{server.url}/app.git", {"mode": "HEAD", "secretRef": {"name": "mine"}}
    await world.make("head", url, verify=verify)
    assert "it is not signed" in (await world.failed("head", "InvalidCommitSignature")).message
    assert conditions(await world.get("head"))["SourceVerified"][:2] == ("False", "InvalidCommitSignature")
    assert (await world.get("head")).status.artifact is None
    for key, value in (("gpg.format", "ssh"), ("user.signingkey", str(tmp_path / "mine")), ("commit.gpgsign", "true")):
        repository.git("config", key, value)
    head = repository.commit({"app/a.yaml": "a: 2\n"})
    repository.git("tag", "-s", "-m", "signed", "v1.0.0")
    repository.git("push", "-q", "origin", "v1.0.0")
    repository.tag("v0.1.0")
    await world.request("head", "now")
    found = await world.ready("head", f"main@sha1:{head}")
    verified = conditions(found)["SourceVerified"]
    assert verified[:2] == ("True", "Succeeded")
    assert verified[2].startswith(f"verified signature of\n\t- commit '{head}' with key 'SHA256:")
    assert found.status.source_verification_mode == "HEAD"
    # the same revision, other keys: noticed at once
    await world.patch("head", verify={"mode": "HEAD", "secretRef": {"name": "other"}})
    assert "not among the trusted keys" in (await world.failed("head", "InvalidCommitSignature")).message
    assert (await world.get("head")).status.artifact == found.status.artifact
    await world.patch("head", verify=None)
    found = await world.ready("head")
    assert "SourceVerified" not in conditions(found)
    assert found.status.source_verification_mode == ""
    both = {"mode": "TagAndHEAD", "secretRef": {"name": "mine"}}
    await world.make("both", url, ref={"semver": "1.x"}, verify=both)
    text = conditions(await world.ready("both"))["SourceVerified"][2]
    assert "\n\t- tag 'v1.0.0@" in text
    assert f"\n\t- commit '{head}'" in text
    await world.make("light", url, ref={"tag": "v0.1.0"}, verify={"mode": "Tag", "secretRef": {"name": "mine"}})
    assert "lightweight tag" in (await world.failed("light", "InvalidGitObject")).message
    await world.make("branch", url, verify={"mode": "Tag", "secretRef": {"name": "mine"}})
    assert "needs a tag in spec.ref" in (await world.failed("branch", "InvalidVerificationMode")).message
    assert conditions(await world.get("branch"))["Stalled"][0] == "True"
    await world.make("keyless", url, verify={"mode": "HEAD", "secretRef": {"name": "nope"}})
    assert "Secret" in (await world.failed("keyless", "VerificationError")).message


UNSUPPORTED: dict[str, dict[str, object]] = {
    "recurseSubmodules": {"recurseSubmodules": True},
}


@pytest.mark.parametrize("field", UNSUPPORTED)
async def test_what_is_not_done_is_said(field: str, world: World, server: GitHttpServer) -> None:
    await world.make("app", f"{server.url}/app.git", **UNSUPPORTED[field])
    condition = await world.failed("app", "NotSupported")
    assert condition.message == f"spec.{field} is not supported yet"
    assert conditions(await world.get("app"))["Stalled"][:2] == ("True", "NotSupported")


async def test_credentials_over_https(world: World, repository: Repository, tmp_path: Path) -> None:
    context, authority = server_tls(tmp_path / "tls")
    async with GitHttpServer(tmp_path / "git", username="me", password="p4ssw0rd", tls=context) as server:
        url = f"{server.url}/app.git"
        await world.secret("good", username="me", password="p4ssw0rd", ca_crt=authority.decode())
        await world.make("good", url, secretRef={"name": "good"})
        await world.ready("good")
        await world.secret("bad", username="me", password="wr0ng-p4ss", ca_crt=authority.decode())
        await world.make("bad", url, secretRef={"name": "bad"})
        condition = await world.failed("bad", "GitOperationFailed")
        assert f"refused the credentials of Secret {world.namespace}/bad" in condition.message
        await world.make("none", url)
        assert "TLS with 127.0.0.1 failed" in (await world.failed("none", "GitOperationFailed")).message
        await world.make("missing", url, secretRef={"name": "missing"})
        message = (await world.failed("missing", "AuthenticationFailed")).message
        assert message == f"Secret {world.namespace}/missing is not there"
        await world.secret("half", password="p4ssw0rd")
        await world.make("half", url, secretRef={"name": "half"})
        message = (await world.failed("half", "AuthenticationFailed")).message
        assert message == f"Secret {world.namespace}/half: key 'password' needs key 'username' beside it"
        for name in ("bad", "half"):
            everything = repr(await world.events(name)) + repr(await world.get(name))
            assert "wr0ng-p4ss" not in everything
            assert "p4ssw0rd" not in everything


async def test_credentials_over_ssh(world: World, repository: Repository, tmp_path: Path) -> None:
    async with GitSshServer(tmp_path / "git") as server, GitSshServer(tmp_path / "git") as other:
        url = f"{server.url}/app.git"
        await world.secret("good", identity=server.identity, known_hosts=server.known_hosts)
        await world.make("good", url, secretRef={"name": "good"})
        await world.ready("good")
        await world.secret("stranger", identity=server.identity, known_hosts=other.known_hosts)
        await world.make("stranger", url, secretRef={"name": "stranger"})
        condition = await world.failed("stranger", "GitOperationFailed")
        assert "the host key of 127.0.0.1 is not the one in key 'known_hosts'" in condition.message
        await world.secret("key", identity=other.identity, known_hosts=server.known_hosts)
        await world.make("key", url, secretRef={"name": "key"})
        assert "refused the credentials" in (await world.failed("key", "GitOperationFailed")).message
        await world.make("none", url)
        assert "spec.secretRef is needed for ssh" in (await world.failed("none", "AuthenticationFailed")).message


async def test_what_fails_keeps_the_artifact_and_recovers(
    quiet_world: World, repository: Repository, tmp_path: Path, sink: Sink
) -> None:
    quiet_world.events_url = sink.url
    world = quiet_world
    await world.start()
    async with GitHttpServer(tmp_path / "git") as server:
        port = int(server.url.rpartition(":")[2])
        await world.make("app", f"{server.url}/app.git")
        before = await world.ready("app")
    await world.request("app", "down")
    condition = await world.failed("app", "GitOperationFailed")
    assert f"127.0.0.1 port {port}" in condition.message
    found = await world.get("app")
    assert found.status.artifact == before.status.artifact
    assert conditions(found)["FetchFailed"][:2] == ("True", "GitOperationFailed")
    assert conditions(found)["Reconciling"][:2] == ("True", "ProgressingWithRetry")
    assert await world.tree(found.status.artifact)
    async with GitHttpServer(tmp_path / "git", port=port):
        found = await world.ready("app")
    assert "FetchFailed" not in conditions(found)
    posted = [msgspec.json.decode(request.body, type=Event) for request in await sink.wait(3)]
    assert (posted[1].severity, posted[1].reason) == ("error", "GitOperationFailed")
    assert (posted[-1].severity, posted[-1].reason) == ("info", "Succeeded")


STALLED: dict[str, tuple[dict[str, object], str, str]] = {
    "a host with a dash": ({"url": "ssh://-oProxyCommand=x/a"}, "URLInvalid", "may begin with a dash"),
    "a url without a host": ({"url": "http:///a"}, "URLInvalid", "needs a host"),
    "a provider": ({"provider": "github"}, "InvalidProviderConfiguration", "spec.provider 'github' is not supported"),
    "a service account": ({"provider": "aws", "serviceAccountName": "x"}, "InvalidProviderConfiguration", "provider"),
}


@pytest.mark.parametrize("case", STALLED)
async def test_what_only_a_change_can_mend_stalls(case: str, world: World, server: GitHttpServer) -> None:
    spec, reason, words = STALLED[case]
    await world.make("app", **{"url": f"{server.url}/app.git", **spec})  # type: ignore[arg-type]  # a test's shorthand
    condition = await world.failed("app", reason)
    assert words in condition.message
    found = await world.get("app")
    assert conditions(found)["Stalled"][:2] == ("True", reason)
    assert "Reconciling" not in conditions(found)
    assert found.status.observed_generation == found.metadata.generation


async def test_absent_references_and_empty_repositories(
    world: World, server: GitHttpServer, repository: Repository, tmp_path: Path
) -> None:
    Repository(tmp_path / "git", "empty")
    await world.make("branch", f"{server.url}/app.git", ref={"branch": "nope"})
    await world.make("empty", f"{server.url}/empty.git")
    await world.make("gone", f"{server.url}/gone.git")
    await world.make("name", f"{server.url}/app.git", ref={"branch": "a..b"})
    assert "couldn't find remote ref 'refs/heads/nope'" in (await world.failed("branch", "GitOperationFailed")).message
    assert "empty" in (await world.failed("empty", "EmptyGitRepository")).message
    assert f"not found: {server.url}/gone.git" in (await world.failed("gone", "GitOperationFailed")).message
    assert "branch 'a..b' is not a valid" in (await world.failed("name", "GitOperationFailed")).message


async def test_a_silent_host_costs_its_timeout_and_nobody_else(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    await world.make("silent", f"http://127.0.0.1:{port}/app.git", timeout="1s")
    await world.make("app", f"{server.url}/app.git")
    await world.ready("app")
    assert "timed out after 1s" in (await world.failed("silent", "GitOperationFailed")).message
    silent.close()


async def test_deletion_removes_what_is_stored(world: World, server: GitHttpServer, repository: Repository) -> None:
    await world.make("app", f"{server.url}/app.git")
    found = await world.ready("app")
    assert found.status.artifact
    await world.client.delete(KIND, "app", world.namespace)
    await world.until_gone("app")
    assert not (world.storage / "gitrepository" / world.namespace / "app").exists()
    async with aiohttp.ClientSession() as session, session.get(found.status.artifact.url) as response:
        assert response.status == 404


async def test_a_suspended_repository_is_left_alone_and_served(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    await world.patch("app", suspend=True)
    head = repository.commit({"app/a.yaml": "a: 2\n"})
    found = await world.pass_over("app", "suspended")
    assert found.status.artifact == before.status.artifact
    assert await world.tree(found.status.artifact)
    await world.patch("app", suspend=False)
    await world.ready("app", f"main@sha1:{head}")


async def test_a_lost_storage_is_filled_again_without_news(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    await world.stop()
    shutil.rmtree(world.storage)
    await world.start()
    found = await world.until(
        "app", lambda it: bool((world.storage / (it.status.artifact or before.status.artifact).path).exists())
    )  # type: ignore[union-attr]  # before has one
    found = await world.ready("app")
    assert before.status.artifact
    assert found.status.artifact
    assert found.status.artifact.digest == before.status.artifact.digest
    assert await world.tree(found.status.artifact)
    assert len(await world.events("app", "NewArtifact")) == 1


async def test_a_tampered_artifact_is_removed_and_made_again(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    assert before.status.artifact
    (world.storage / before.status.artifact.path).write_bytes(b"tampered")
    found = await world.pass_over("app", "again")
    assert await world.tree(found.status.artifact)
    events = await world.events("app", "ArtifactVerificationFailed")
    assert [event[0] for event in events] == ["Warning"]


async def test_a_foreign_path_in_the_status_is_not_followed(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    assert before.status.artifact
    (world.directory / "victim").write_bytes(b"x")
    path = f"gitrepository/{world.namespace}/app/../../../../victim"
    body = {"status": {"artifact": {"path": path}}}
    await world.client.patch(KIND, "app", world.namespace, body, type=PatchType.MERGE, subresource="status")
    found = await world.pass_over("app", "again")
    assert (world.directory / "victim").read_bytes() == b"x"
    assert found.status.artifact
    assert found.status.artifact.path == before.status.artifact.path


async def test_old_artifacts_are_collected(quiet_world: World, server: GitHttpServer, repository: Repository) -> None:
    world = quiet_world
    await world.start(artifact_retention_ttl=60.0, artifact_retention_records=2)
    await world.make("app", f"{server.url}/app.git")
    await world.ready("app")
    heads = [repository.head()]
    for number in range(3):
        heads.append(repository.commit({"n": str(number)}))
        await world.request("app", str(number))
        await world.ready("app", f"main@sha1:{heads[-1]}")
    await world.pass_over("app", "last")
    names = {path.name for path in (world.storage / "gitrepository" / world.namespace / "app").glob("*.gz")}
    assert names == {f"{head}.tar.gz" for head in heads[-2:]}


async def test_a_moved_server_changes_the_address_without_news(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    before = await world.ready("app")
    await world.stop()
    world.port = 0
    await world.start()
    assert before.status.artifact
    path = before.status.artifact.path
    found = await world.until(
        "app",
        lambda it: it.status.artifact is not None and it.status.artifact.url == f"http://127.0.0.1:{world.port}/{path}",
    )
    assert await world.tree(found.status.artifact)
    assert len(await world.events("app", "NewArtifact")) == 1


async def test_an_object_that_does_not_decode_stops_nobody(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    body = world.body("broken", url=f"{server.url}/app.git")
    await world.make("app", f"{server.url}/app.git")
    await world.ready("app")
    body["status"] = {"artifact": None}
    await world.client.create(KIND, body, world.namespace)
    await world.ready("broken")


async def test_every_wake_brings_its_commit_long_before_the_interval(
    world: World, server: GitHttpServer, repository: Repository
) -> None:
    await world.make("app", f"{server.url}/app.git")
    await world.ready("app")
    for number in range(5):
        head = repository.commit({"n": str(number)})
        await world.request("app", str(number))
        await world.ready("app", f"main@sha1:{head}")
    assert state(await world.get("app")) == ("True", "Succeeded")
