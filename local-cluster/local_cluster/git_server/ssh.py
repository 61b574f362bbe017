"""Git over SSH: real `git-upload-pack` and `git-receive-pack` behind asyncssh, public keys only."""

import asyncio
import os
import re
import shlex
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncssh

_CHUNK = 1 << 16
_SERVICES = {
    "git-upload-pack": "upload-pack",
    "git-receive-pack": "receive-pack",
    "git-upload-archive": "upload-archive",
}


class GitSshServer:
    """Serves the bare repositories below `root`, for reading and for pushing.

    `async with GitSshServer(root) as server:` then `server.url + "/name.git"`, with `server.identity` (a private key in
    OpenSSH form) and `server.known_hosts`. `commands` keeps what was run.
    """

    def __init__(self, root: Path, *, port: int = 0) -> None:
        self.commands: list[str] = []
        self._root = root.resolve()
        self._port = port
        self._client = asyncssh.generate_private_key("ssh-ed25519")
        self._host = asyncssh.generate_private_key("ssh-ed25519")
        self._server: asyncssh.SSHAcceptor | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncssh.create_server(
            lambda: _Doorkeeper(self._client),
            "127.0.0.1",
            self._port,
            server_host_keys=[self._host],
            process_factory=self._run,
            encoding=None,
        )
        self._port = self._server.get_port()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The address of the root, without a slash at its end."""
        return f"ssh://git@127.0.0.1:{self._port}"

    @property
    def identity(self) -> str:
        """The private key that opens this server."""
        return self._client.export_private_key().decode()

    @property
    def known_hosts(self) -> str:
        """The line by which a client knows this server."""
        return f"[127.0.0.1]:{self._port} {self._host.export_public_key().decode().strip()}\n"

    async def _run(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        self.commands.append(process.command or "")
        wanted = _parse(process.command or "", self._root)
        if wanted is None:
            process.stderr.write(b"only git is spoken here\n")
            process.exit(128)
            return
        protocol = process.env.get("GIT_PROTOCOL", "")
        child = await asyncio.create_subprocess_exec(
            "git",
            "-c",
            "safe.directory=*",
            *wanted,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_PROTOCOL": protocol if re.fullmatch(r"version=[012]", protocol) else "",
            },
        )
        pumps = [
            asyncio.create_task(_pump(process.stdin, child.stdin)),
            asyncio.create_task(_pump(child.stdout, process.stdout)),
            asyncio.create_task(_pump(child.stderr, process.stderr)),
        ]
        try:
            await asyncio.gather(*pumps[1:])
            process.exit(await child.wait())
        finally:
            for pump in pumps:
                pump.cancel()
            if child.returncode is None:
                child.kill()
                await child.wait()


async def _pump(source: Any, sink: Any) -> None:
    with suppress(ConnectionError, asyncssh.Error, BrokenPipeError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        if isinstance(sink, asyncio.StreamWriter):
            sink.close()


def _parse(command: str, root: Path) -> tuple[str, str] | None:
    try:
        service, path = shlex.split(command)
    except ValueError:
        return None
    repository = (root / path.lstrip("/")).resolve()
    if service not in _SERVICES or not repository.is_relative_to(root):
        return None
    return _SERVICES[service], str(repository)


class _Doorkeeper(asyncssh.SSHServer):
    def __init__(self, client: asyncssh.SSHKey) -> None:
        self._client = client

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return False

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "git" and key.public_data == self._client.public_data
