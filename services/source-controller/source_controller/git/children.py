"""The controller's side of the fork server: a job in, an answer out, killed when time is up."""

import asyncio
import itertools
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from source_controller.git.command import INHERITED
from source_controller.git.forkserver import Order
from source_controller.git.jobs import Failure, Job, Reply

_DECODER = msgspec.json.Decoder(Reply)


class Children:
    """Runs jobs in disposable processes; `async with` starts the server they are forked from and ends it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        kept = {key: value for key, value in environ.items() if key in INHERITED | {"TMPDIR"}}
        self._environment = {"PATH": os.defpath, **kept, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
        self._names = itertools.count()
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        try:
            await self._server()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await self._end()

    async def _end(self) -> None:
        """Close our end: the server kills its children and goes."""
        if self._control:
            self._control.close()
        if self._process:
            await self._process.wait()

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it is not running."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    async def run(self, job: Job, timeout: float) -> Reply:  # noqa: ASYNC109  the child gets it too, as its own deadline
        """The answer of a child; when there is none in time, or the child died, that is a `Failure`."""
        answer = await self._ask(job, timeout)
        if answer is None and not self._closed and self._gone():
            answer = await self._ask(job, timeout)
        return answer or Failure("the process that ran git died; see the log")

    async def _ask(self, job: Job, timeout: float) -> Reply | None:  # noqa: ASYNC109  see run
        name = str(next(self._names))
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                control = await self._server()
                socket.send_fds(control, [f"run {name}".encode()], [theirs.fileno()])
            except OSError:
                ours.close()
                return None
        reader, writer = await asyncio.open_connection(sock=ours)
        answer = b""
        try:
            async with asyncio.timeout(timeout):
                writer.write(msgspec.json.encode(Order(job, timeout)))
                writer.write_eof()
                answer = await reader.read()
        except TimeoutError:
            return Failure(f"timed out after {timeout:g}s", "remote")
        except ConnectionError:
            pass
        finally:
            writer.close()
            if not answer:
                self._kill(name)
        return _DECODER.decode(answer) if answer else None

    def _gone(self) -> bool:
        """Whether the server closed its end."""
        if self._control is None:
            return True
        try:
            return not self._control.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _kill(self, name: str) -> None:
        if self._control:
            with suppress(OSError):
                self._control.send(f"kill {name}".encode())

    async def _server(self) -> socket.socket:
        async with self._starting:
            if self._control and not self._gone():
                return self._control
            if self._closed:
                raise ConnectionError("closed")
            await self._end()
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._control.setblocking(False)  # noqa: FBT003  the socket module's own signature
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    *("-I", "-m", "source_controller.git.forkserver", str(theirs.fileno())),
                    pass_fds=[theirs.fileno()],
                    stdin=asyncio.subprocess.DEVNULL,
                    start_new_session=True,
                    env=self._environment,
                    cwd="/",
                )
            return self._control
