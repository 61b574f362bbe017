"""Child processes for what comes from a tenant: no credentials, limits, and a deadline after which they are killed.

Both ends of one pipe are here. The parent asks one question at a time; messages are bytes with their length in front.
"""

import asyncio
import contextlib
import resource
import sys
from collections.abc import Callable

_HEADER = 4
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
_TO_END = 1.0
"""Seconds that a child which closed its pipe has to end, so that its exit code is its own."""


class ChildLost(Exception):
    """The child ended without an answer; `code` is its exit code, or the negative of the signal that ended it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the process left with {code}")
        self.code = code


class Child:
    """A module run as a process; it starts with the first question, and anew after it was lost."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = (sys.executable, "-I", "-m", module, *arguments)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process if it does not run."""
        if not self.running:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
                limit=1 << 20,
            )

    async def ask(self, message: bytes, seconds: float) -> bytes:
        """The answer to a message. The child is killed unless it comes.

        Raises `TimeoutError` after so many seconds, and `ChildLost` when the process ends first.
        """
        await self.start()
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ChildLost(await self._ended()) from None
        except BaseException:
            await self.kill()
            raise

    async def kill(self) -> int:
        """End the process. Its exit code, or the negative of the signal that ended it."""
        process, self._process = self._process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        return await process.wait()

    async def _ended(self) -> int:
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TO_END):
                    await self._process.wait()
        return await self.kill()

    async def _exchange(self, message: bytes) -> bytes:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(message).to_bytes(_HEADER, "big") + message)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(_HEADER), "big")
        return await process.stdout.readexactly(size)


def confine(memory: int) -> None:
    """In the child, before it reads anything: bound its memory in bytes, and allow neither files nor core dumps."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(answer: Callable[[bytes], bytes]) -> None:
    """In the child: answer messages until the other end closes the pipe."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(header := source.read(_HEADER)) == _HEADER:
        reply = answer(source.read(int.from_bytes(header, "big")))
        sink.write(len(reply).to_bytes(_HEADER, "big") + reply)
        sink.flush()
