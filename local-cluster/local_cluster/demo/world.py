"""The stage of the demo: the suite, Git servers, a chat webhook, and the tools a person would use."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from local_cluster import suite
from local_cluster.git_server.http import GitHttpServer
from local_cluster.git_server.ssh import GitSshServer
from weir.kube.client import Client
from weir.kube.identity import connect

BIN = Path(sys.executable).parent
_LOOK = 0.02
"""Seconds between two looks at the cluster."""
_AUTHOR = {
    "GIT_AUTHOR_NAME": "Demo",
    "GIT_AUTHOR_EMAIL": "demo@example.com",
    "GIT_COMMITTER_NAME": "Demo",
    "GIT_COMMITTER_EMAIL": "demo@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class NotHeld(Exception):
    """A step did not hold; the message says what was expected and what was found."""


@dataclass
class Chat:
    """A webhook in the shape of Slack's: it keeps what it is sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        """Keep one message."""
        self.messages.append(msgspec.json.decode(await request.read()))
        return web.Response(text="ok")

    def texts(self) -> list[str]:
        """`who: what` of every message."""
        return [
            f"{attachment['author_name']}: {attachment['text']}"
            for message in self.messages
            for attachment in message["attachments"]
        ]


@dataclass(frozen=True)
class World:
    """Everything a step may use."""

    running: suite.Running
    kube: Client
    """The administrator's."""
    directory: Path
    """Holds the working copies, one folder per repository."""
    bare: Path
    """Holds the repositories that the Git servers serve."""
    chat: Chat
    addresses: Mapping[str, str]
    """Variables of the fleet: chat_address, ssh_address, http_address."""
    secrets: Mapping[str, str]
    """Known values by name: webhook token, Git password, SSH private key, known hosts."""

    async def run(self, *command: str, cwd: Path | None = None, stdin: str = "", check: bool = True) -> str:
        """Run a program as a person would, and return what it printed. Raises `NotHeld` when it fails."""
        program = BIN / command[0]
        environment = {**os.environ, **_AUTHOR, "KUBECONFIG": str(self.running.kubeconfig)}
        process = await asyncio.create_subprocess_exec(
            str(program) if program.exists() else command[0],
            *command[1:],
            cwd=cwd,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
        )
        output, _none = await process.communicate(stdin.encode())
        text = output.decode(errors="replace")
        if check and process.returncode:
            raise NotHeld(f"{' '.join(command)} ended with {process.returncode}: {text.strip()}")
        return text

    async def git(self, repository: str, *arguments: str) -> str:
        """Run git in the working copy of a repository."""
        return await self.run("git", *arguments, cwd=self.directory / repository)

    async def push(self, repository: str, message: str, files: Mapping[str, str | None], *, tag: str = "") -> str:
        """Commit files (None: remove) and push them, with a tag if asked. Returns the commit."""
        root = self.directory / repository
        for path, content in files.items():
            target = root / path
            if content is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content, encoding="utf-8")
        await self.git(repository, "add", "--all")
        await self.git(repository, "commit", "--quiet", "--message", message)
        if tag:
            await self.git(repository, "tag", "--annotate", "--message", tag, tag)
        await self.git(repository, "push", "--quiet", "--follow-tags", "origin", "HEAD:main")
        return (await self.git(repository, "rev-parse", "HEAD")).strip()

    async def make(self, repository: str, content: Path) -> None:
        """Make a repository with a working copy and a first commit, tagged 1.0.0."""
        clone = self.directory / repository
        await asyncio.to_thread(shutil.copytree, content, clone)
        served = str(self.bare / f"{repository}.git")
        await self.run("git", "init", "--quiet", "--bare", "--initial-branch=main", served)
        await self.git(repository, "init", "--quiet", "--initial-branch=main")
        await self.git(repository, "remote", "add", "origin", served)
        await self.push(repository, "First commit", {}, tag="1.0.0")

    def read(self, repository: str, path: str) -> str:
        """A file of a working copy."""
        return (self.directory / repository / path).read_text(encoding="utf-8")

    async def until(self, what: str, look: Callable[[], Awaitable[Any]], *, limit: float = 30.0) -> Any:
        """Look until there is an answer. Raises `NotHeld` with the last words when there is none in time."""
        deadline = time.monotonic() + limit
        while True:
            try:
                if answer := await look():
                    return answer
                words = "not so"
            except NotHeld as error:
                words = str(error)
            if time.monotonic() > deadline:
                raise NotHeld(f"{what}: {words} (after {limit:g}s)")
            await asyncio.sleep(_LOOK)


@contextlib.asynccontextmanager
async def stage(say: Callable[[str], None], existing: Path | None = None) -> AsyncIterator[World]:
    """Start everything, but for the cluster when there is the kubeconfig of one; stop it when the block ends."""
    async with contextlib.AsyncExitStack() as stack:
        directory = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="weir-demo-", ignore_cleanup_errors=True))
        )
        bare = directory / "repositories"
        bare.mkdir()
        http = await stack.enter_async_context(GitHttpServer(bare, username="git", password="http-password"))  # noqa: S106  a demo's
        ssh = await stack.enter_async_context(GitSshServer(bare))
        chat = Chat()
        chat_address = await stack.enter_async_context(_serve(chat))
        running = await stack.enter_async_context(
            suite.start(suite.NAMES, directory=directory / "suite", existing=existing, say=say)
        )
        kube = await connect(str(running.kubeconfig), user_agent="weir-demo")
        stack.push_async_callback(kube.close)
        world = World(
            running,
            kube,
            directory / "clones",
            bare,
            chat,
            {"chat_address": chat_address, "ssh_address": ssh.url, "http_address": http.url},
            {
                "webhook": "webhook-secret-of-the-demo",
                "password": "http-password",
                "identity": ssh.identity,
                "known_hosts": ssh.known_hosts,
            },
        )
        yield world


@contextlib.asynccontextmanager
async def _serve(chat: Chat) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/hook", chat.receive)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()
