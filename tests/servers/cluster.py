"""What tests know of a cluster, and the local one as a process of its own."""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.binaries import need


def soon(holds: Callable[[], bool], within: float = 10.0) -> None:
    """Wait until something holds; `within` seconds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)


class Reply(NamedTuple):
    """An answer of the API."""

    code: int
    body: Any
    headers: Mapping[str, str]


class RunningCluster(ABC):
    """A cluster of processes; `stop`, `kill` and `start` keep directory and port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = 0
        self.kubeconfig = directory / "kubeconfig"
        self._connection: HTTPSConnection | None = None

    @abstractmethod
    def start(self) -> None:
        """Return when it can be used."""

    @abstractmethod
    def _end(self, how: signal.Signals) -> None:
        """End its processes."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._disconnect()
        self._end(how)

    def kill(self) -> None:
        """Kill -9."""
        self.stop(signal.SIGKILL)

    @property
    def token(self) -> str:
        """The administrator's."""
        token: str = self._config()["users"][0]["user"]["token"]
        return token

    @property
    def authority(self) -> str:
        """The certificate of the CA, PEM."""
        return base64.b64decode(self._config()["clusters"][0]["cluster"]["certificate-authority-data"]).decode()

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = yaml.safe_load(self.kubeconfig.read_text())
        return config

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request, as the administrator unless a token is given (`""`: nobody)."""
        token = self.token if token is None else token
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        encoded = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if encoded is not None else {}
        all_headers = {"User-Agent": "tests/1", **sent, **kind, **(headers or {})}
        try:
            answer = self._send(method, path, encoded, all_headers)
        except (ConnectionError, ssl.SSLEOFError):  # a server closes a connection that nobody has used for a while
            self._disconnect()
            answer = self._send(method, path, encoded, all_headers)
        raw = answer.read()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return Reply(answer.status, json.loads(raw) if is_json and raw else raw.decode(), answer.headers)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Run kubectl; its standard output, and its standard error after it."""
        environment = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.directory), "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [need("kubectl"), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            timeout=50,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> HTTPResponse:
        if self._connection is None:
            context = ssl.create_default_context(cadata=self.authority)
            self._connection = HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class LocalCluster(RunningCluster):
    """The local cluster, in one process."""

    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "local_cluster.serve", "--dir", str(self.directory), "--port", str(self.port)]
        with (self.directory / "cluster.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self.directory / "cluster.log").read_text()
        ready = json.loads(line)
        self.kubeconfig = Path(ready["kubeconfig"])
        self.port = int(ready["url"].rpartition(":")[2])

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            assert self._process.stdout is not None
            self._process.send_signal(how)
            self._process.wait(20)
            self._process.stdout.close()
            self._process = None
