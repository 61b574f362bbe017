"""One test per known weakness of what fetches from Git."""

import asyncio
import datetime as dt
import os
import ssl
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from source_controller.git.children import Children
from source_controller.git.complaint import explain
from source_controller.git.jobs import Failure, Fetched
from source_controller.git.remotes import Remotes
from tests.servers.git_http import GitHttpServer, server_tls
from tests.servers.git_repository import Repository
from tests.servers.git_ssh import GitSshServer
from tests.source_controller.git.reach import reach, take
from weir.api.source import GitRepositoryRef as Ref
from weir.runtime.health import serving

CANARY = "c4n4ry-s3cr3t"


def _processes(below: int) -> Iterator[Path]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {below}
    for _ in range(10):
        found |= {pid for pid, parent in parents.items() if parent in found}
    return (Path(f"/proc/{pid}") for pid in found)


async def test_no_secret_on_a_command_line_in_an_environment_or_in_a_readable_file(
    remotes: Remotes, children: Children, tmp_path: Path
) -> None:
    asked = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            asked.set()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        access = reach(f"http://127.0.0.1:{port}/app.git", username="me", password=CANARY)
        waiting = asyncio.create_task(remotes.list(access, everything=False, timeout=5))
        async with asyncio.timeout(5):
            await asked.wait()
        found = _processes(children.pid)
        seen = [(path / "cmdline").read_bytes() + (path / "environ").read_bytes() for path in found]
        assert any(b"ls-remote" in text for text in seen)
        header = access.credentials.authorization.encode()
        assert not any(CANARY.encode() in text or header in text for text in seen)
        files = [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]
        assert [path.name for path in files if header in path.read_bytes()] == ["config"]
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
        assert all(stat.S_IMODE(path.parent.stat().st_mode) == 0o700 for path in files)
        assert isinstance(await waiting, Failure)
        async with asyncio.timeout(2):
            while [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]:
                await asyncio.sleep(0.01)
        assert not any(header in path.read_bytes() for path in (tmp_path / "mirrors").rglob("*") if path.is_file())


async def test_credentials_do_not_follow_a_redirect(remotes: Remotes) -> None:
    heard: list[str] = []

    async def thief(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.Response(status=404)

    evil = web.Application()
    evil.router.add_get("/{path:.*}", thief)
    async with serving(evil, "127.0.0.1:0") as away:

        async def redirect(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{away}{request.path_qs}"})

        honest = web.Application()
        honest.router.add_get("/{path:.*}", redirect)
        async with serving(honest, "127.0.0.1:0") as here:
            access = reach(f"http://127.0.0.1:{here}/app.git", username="me", password=CANARY)
            failure = await remotes.list(access, everything=False, timeout=10)
    assert isinstance(failure, Failure)
    assert "redirects elsewhere, which is not followed" in explain(failure.message, access.address, "ns/s")
    assert heard == []


async def test_paths_are_quoted_for_the_other_side(remotes: Remotes, tmp_path: Path) -> None:
    Repository(tmp_path / "git", "it's-$(touch${IFS}x)`y`;z&").commit({"a": "1"})
    async with GitSshServer(tmp_path / "git") as server:
        url = f"{server.url}/it's-$(touch${{IFS}}x)`y`;z&.git"
        access = reach(url, identity=server.identity, known_hosts=server.known_hosts)
        taken = await take(remotes, access, Ref(branch="main"), tmp_path / "out")
        assert isinstance(taken, Fetched), taken
        assert server.commands[0] == "git-upload-pack '/it'\\''s-$(touch${IFS}x)`y`;z&.git'"


async def test_configuration_of_the_machine_and_of_the_repository_does_not_count(
    remotes: Remotes, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "git")
    marker = tmp_path / "ran"
    hook = f"#!/bin/sh\ntouch {marker}\n"
    repository.commit(
        {
            ".gitattributes": "* filter=evil export-ignore export-subst\n",
            ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = ext::touch {marker}\n\tupdate = !touch {marker}\n',
            "hooks/post-checkout": hook,
            ".lfsconfig": f"[lfs]\n\turl = http://127.0.0.1:1/{CANARY}\n",
            "a.yaml": "$Format:%H$\n",
        }
    )
    async with GitHttpServer(tmp_path / "git") as server:
        access = reach(f"{server.url}/app.git")
        taken = await take(remotes, access, Ref(branch="main"), tmp_path / "out")
        assert isinstance(taken, Fetched), taken
        mirror = tmp_path / "mirrors" / remotes.name(access)
        assert not list((mirror / "hooks").glob("*"))
    assert not marker.exists()


async def test_a_client_certificate_opens_a_server(remotes: Remotes, tmp_path: Path) -> None:
    Repository(tmp_path / "git").commit({"a": "1"})
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "me")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - dt.timedelta(1), now + dt.timedelta(1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    (tmp_path / "client.crt").write_bytes(certificate)
    context, authority = server_tls(tmp_path / "tls")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(tmp_path / "client.crt")
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    async with GitHttpServer(tmp_path / "git", tls=context) as server:
        url = f"{server.url}/app.git"
        good = reach(url, ca_crt=authority, tls_crt=certificate, tls_key=private)
        assert isinstance(await take(remotes, good, Ref(branch="main"), tmp_path / "out"), Fetched)
        assert isinstance(await remotes.list(reach(url, ca_crt=authority), everything=False, timeout=10), Failure)


async def test_two_credentials_share_no_mirror_and_names_tell_nothing(remotes: Remotes, tmp_path: Path) -> None:
    url = "https://git.example/app"
    names = {remotes.name(reach(url, username="me", password=word)) for word in ("a", "b", "c")}
    names.add(remotes.name(reach(url)))
    assert len(names) == 4
    other = Remotes(Children(os.environ), tmp_path / "other")
    assert other.name(reach(url, username="me", password="a")) not in names


async def test_an_untidy_mirror_is_packed_anew(remotes: Remotes, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "git")
    repository.commit({"a": "1"})
    async with GitHttpServer(tmp_path / "git") as server:
        access = reach(f"{server.url}/app.git")
        assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "out"), Fetched)
        mirror = tmp_path / "mirrors" / remotes.name(access)
        (tmp_path / "loose").mkdir()
        for number in range(4000):
            (tmp_path / "loose" / str(number)).write_text(str(number))
        paths = "\n".join(str(path) for path in (tmp_path / "loose").iterdir())
        command = ["git", f"--git-dir={mirror}", "hash-object", "-w", "--stdin-paths"]
        process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        await process.communicate(paths.encode())
        assert len(list((mirror / "objects" / "17").iterdir())) > 8
        head = repository.commit({"a": "2"})
        assert isinstance(await take(remotes, access, Ref(branch="main"), tmp_path / "out"), Fetched)
        async with asyncio.timeout(20):
            while list(mirror.glob("objects/17/*")):
                await asyncio.sleep(0.05)
        taken = await take(remotes, access, Ref(branch="main"), tmp_path / "out")
        assert isinstance(taken, Fetched), taken
        assert taken.candidate.commit == head


async def test_many_jobs_leave_no_descriptors_and_no_processes(
    remotes: Remotes, children: Children, tmp_path: Path
) -> None:
    Repository(tmp_path / "git").commit({"a": "1"})
    async with GitHttpServer(tmp_path / "git") as server:
        good, bad = reach(f"{server.url}/app.git"), reach(f"{server.url}/nope.git")
        await take(remotes, good, Ref(branch="main"), tmp_path / "out")

        def descriptors() -> tuple[int, int, int]:
            own, theirs = (len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (os.getpid(), children.pid))
            return own, theirs, len(list(_processes(children.pid)))

        await asyncio.sleep(0.2)
        before = descriptors()
        for _ in range(40):
            await take(remotes, good, Ref(branch="main"), tmp_path / "out")
            await remotes.list(bad, everything=False, timeout=10)
        await asyncio.sleep(0.5)
        own, theirs, processes = descriptors()
        assert (theirs, processes) == before[1:]
        assert own <= before[0] + 2  # the server's connections come and go
        assert list((tmp_path / "tmp").glob("*/*")) == []
