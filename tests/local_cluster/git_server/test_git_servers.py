import asyncio
import os
import subprocess
from pathlib import Path

from local_cluster.git_server.http import GitHttpServer
from local_cluster.git_server.ssh import GitSshServer
from tests.servers.git_http import server_tls
from tests.servers.git_repository import Repository


async def _git(*arguments: str, **env: str) -> tuple[int, str]:
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": "/nowhere",
        **env,
    }
    process = await asyncio.create_subprocess_exec(
        "git", *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_http_serves_clones_and_takes_pushes(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a.yaml": "x" * 5000, **{f"f{number}": os.urandom(3000) for number in range(200)}})
    async with GitHttpServer(tmp_path, username="git", password="p@ss") as server:
        assert await _git("ls-remote", f"{server.url}/app.git") != (0, "")
        url = server.url.replace("://", "://git:p%40ss@") + "/app.git"
        assert await _git("clone", "-q", url, str(tmp_path / "clone")) == (0, "")
        head = ("-C", str(tmp_path / "clone"), "-c", "user.name=a", "-c", "user.email=a@b")
        (tmp_path / "clone" / "big").write_bytes(os.urandom(3 << 20))
        assert (await _git(*head, "add", "."))[0] == 0
        assert (await _git(*head, "commit", "-q", "-m", "more"))[0] == 0
        assert await _git(*head, "push", "-q", "origin", "main") == (0, "")
        assert server.requests["git-receive-pack"] >= 1
    assert repository.git("ls-remote", "origin", "refs/heads/main").split()[0] != repository.head()


async def test_http_refuses_a_wrong_token(tmp_path: Path) -> None:
    Repository(tmp_path).commit({"a": "1"})
    async with GitHttpServer(tmp_path, token="t0ken") as server:
        url = f"{server.url}/app.git"
        code, _ = await _git("-c", "http.extraHeader=Authorization: Bearer other", "ls-remote", url)
        assert code == 128
        code, output = await _git("-c", "http.extraHeader=Authorization: Bearer t0ken", "ls-remote", url)
        assert (code, "refs/heads/main" in output) == (0, True)


async def test_https_needs_its_authority(tmp_path: Path) -> None:
    Repository(tmp_path).commit({"a": "1"})
    context, authority = server_tls(tmp_path / "tls")
    (tmp_path / "ca.crt").write_bytes(authority)
    async with GitHttpServer(tmp_path, tls=context) as server:
        code, output = await _git("ls-remote", f"{server.url}/app.git")
        assert (code, "certificate" in output) == (128, True)
        code, _ = await _git("-c", f"http.sslCAInfo={tmp_path / 'ca.crt'}", "ls-remote", f"{server.url}/app.git")
        assert code == 0


async def test_ssh_serves_clones_and_takes_pushes(tmp_path: Path) -> None:
    Repository(tmp_path).commit({"a.yaml": "1"})
    async with GitSshServer(tmp_path) as server:
        (tmp_path / "id").write_text(server.identity)
        (tmp_path / "id").chmod(0o600)
        (tmp_path / "known_hosts").write_text(server.known_hosts)
        ssh = f"ssh -F /dev/null -i {tmp_path / 'id'} -o UserKnownHostsFile={tmp_path / 'known_hosts'} -o BatchMode=yes"
        clone = str(tmp_path / "clone")
        assert await _git("clone", "-q", f"{server.url}/app.git", clone, GIT_SSH_COMMAND=ssh) == (0, "")
        (tmp_path / "clone" / "big").write_bytes(os.urandom(3 << 20))
        head = ("-C", clone, "-c", "user.name=a", "-c", "user.email=a@b")
        assert (await _git(*head, "add", "."))[0] == 0
        assert (await _git(*head, "commit", "-q", "-m", "more"))[0] == 0
        assert await _git(*head, "push", "-q", "origin", "main", GIT_SSH_COMMAND=ssh) == (0, "")
        code, output = await _git("ls-remote", f"{server.url}/../../etc", GIT_SSH_COMMAND=ssh)
        assert (code, "only git is spoken here" in output) == (128, True)
        assert server.commands[0] == "git-upload-pack '/app.git'"
