"""The process that children are forked from: GitPython is loaded once, a child costs a fork.

Started by `children.py` with a control socket. Messages (one datagram each): `run NAME` with a connected socket
attached, on which the child reads its job and answers; `kill NAME`. When the controller is gone, so are the children,
and their private directories.
"""

import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from source_controller.git.child import Child
from source_controller.git.jobs import Failure, Job, Reply

PREFIX = "weir-git-"
_SPARE = 5


class Order(msgspec.Struct):
    """What a child reads: its job, and the seconds it has."""

    job: Job
    timeout: float


class ForkServer:
    """Forks, kills and reaps."""

    def __init__(self, control: socket.socket, private: Path) -> None:
        self._control = control
        self._private = private
        self._git = shutil.which("git") or "git"
        self._children: dict[str, int] = {}

    def run(self) -> None:
        """Serve until the controller is gone."""
        wakeup, signalled = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(signalled)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            while True:
                ready, _, _ = select.select([self._control.fileno(), wakeup], [], [])
                if wakeup in ready:
                    os.read(wakeup, 4096)
                    self._reap()
                if self._control.fileno() in ready and not self._obey():
                    return
        finally:
            for name in tuple(self._children):
                self._kill(name)
            shutil.rmtree(self._private, ignore_errors=True)

    def _obey(self) -> bool:
        message, handles, _, _ = socket.recv_fds(self._control, 4096, 1)
        if not message:
            return False
        verb, _, name = message.decode().partition(" ")
        if verb == "run":
            self._fork(name, handles[0])
            os.close(handles[0])
        else:
            self._kill(name)
        return True

    def _fork(self, name: str, handle: int) -> None:
        private = self._private / name
        private.mkdir(mode=0o700)
        pid = os.fork()
        if pid == 0:
            _child(self._control, handle, self._git, private)
        with suppress(OSError):
            os.setpgid(pid, pid)
        self._children[name] = pid

    def _kill(self, name: str) -> None:
        if pid := self._children.get(name):  # not reaped yet, so the number is still theirs
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _reap(self) -> None:
        names = {pid: name for name, pid in self._children.items()}
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            name = names[pid]
            del self._children[name]
            shutil.rmtree(self._private / name, ignore_errors=True)


def _child(control: socket.socket, handle: int, executable: str, private: Path) -> None:
    code = 1
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(0, signal.SIGKILL))
        sys.unraisablehook = lambda _: None  # GitPython's destructors complain when their process is gone
        control.close()
        with socket.socket(fileno=handle) as channel:
            _work(channel, Child(executable, private))
        code = 0
    finally:
        os._exit(code)


def _work(channel: socket.socket, child: Child) -> None:
    with channel.makefile("rb") as stream:
        order = msgspec.json.decode(stream.read(), type=Order)
    signal.setitimer(signal.ITIMER_REAL, order.timeout + _SPARE)
    try:
        reply: Reply = child.do(order.job)
    except Exception as error:  # noqa: BLE001  the controller must hear of it; the text may hold secrets
        reply = Failure(f"unexpected {type(error).__name__} while reading the repository")
    channel.sendall(msgspec.json.encode(reply))
    channel.shutdown(socket.SHUT_RDWR)
    child.tidy(order.job)


def _sweep() -> None:
    """Remove private directories of servers that were killed."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = directory.name.removeprefix(PREFIX)
        if pid.isdigit() and directory.stat().st_uid == os.getuid() and not _lives(int(pid)):
            shutil.rmtree(directory, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    """Serve on the socket whose number is the argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    private = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    _sweep()
    shutil.rmtree(private, ignore_errors=True)
    private.mkdir(mode=0o700)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.freeze()
    ForkServer(control, private).run()


if __name__ == "__main__":
    main()
