"""A real control plane on the loopback: etcd, API server, controllers, scheduler, and kwok, which plays two nodes."""

import base64
import json
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from local_cluster.certificates import ensure, write_private
from local_cluster.ports import some_free
from local_cluster.processes import die_with_parent
from local_cluster.simulator.failures import FAIL
from tests.servers.cluster import RunningCluster
from tests.servers.controlplane.build import program, stages

_NODES = ("node-1", "node-2")
_NODE_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
_READY = 90.0
"""Seconds that the whole may take to be there, on a busy machine."""
_GRACE = 20.0


class RealCluster(RunningCluster):
    """The processes of a control plane. None outlives the process that started it."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.port, self._etcd_port, self._kwok_port = some_free(3)
        self._pki = directory / "pki"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        if not self.kubeconfig.exists():
            self._furnish()
        config = {"kubeconfig": str(self.kubeconfig)}
        self._run("etcd", self._etcd())
        self._run("kube-apiserver", self._api_server())
        self._until(lambda: self.call("GET", "/readyz").code == 200)
        self._run("kube-controller-manager", config | self._controller_manager())
        self._run("kube-scheduler", config | {"leader-elect": "false", "secure-port": "0"})
        self.call("DELETE", _NODE_LEASES)  # a kwok that was killed would hold the nodes for as long as these last
        self._run("kwok", config | self._kwok())
        for name in _NODES:
            assert self.call("POST", "/api/v1/nodes", _node(name)).code in {201, 409}
        self._until(self._furnished)

    def compact(self) -> None:
        """Have etcd forget every version of every object but the present one."""
        now = self._ask_etcd("kv/range", {"key": "AA=="})["header"]["revision"]
        self._ask_etcd("kv/compaction", {"revision": now, "physical": True})

    def _ask_etcd(self, path: str, body: Mapping[str, Any]) -> Any:
        """By its JSON gateway (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/)."""
        connection = HTTPConnection("127.0.0.1", self._etcd_port, timeout=30)
        with closing(connection):
            connection.request("POST", f"/v3/{path}", json.dumps(body))
            answer = connection.getresponse()
            said = answer.read()
        assert answer.status == 200, said
        return json.loads(said)

    def _end(self, how: signal.Signals) -> None:
        while self._running:
            process = self._running.pop()
            process.send_signal(how)
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _furnish(self) -> None:
        """Keys, the administrator's token, and a kubeconfig with the local cluster's names."""
        ensure(self._pki)
        (self.directory / "stages.yaml").write_text(_stages())
        write_private(self._pki / "tokens.key", _old_form((self._pki / "accounts.key").read_bytes()))
        token = secrets.token_urlsafe(32)
        write_private(self._pki / "tokens.csv", f'{token},admin,admin,"system:masters"\n'.encode())
        authority = base64.b64encode((self._pki / "ca.crt").read_bytes()).decode()
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "local", "cluster": {"server": self.url, "certificate-authority-data": authority}}],
            "users": [{"name": "admin", "user": {"token": token}}],
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": "admin", "namespace": "default"}}],
            "current-context": "local",
        }
        write_private(self.kubeconfig, yaml.safe_dump(config).encode())

    def _run(self, name: str, flags: Mapping[str, str]) -> None:
        command = [str(program(name)), *(f"--{flag}={value}" for flag, value in flags.items())]
        with (self.directory / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which end the rest in order
                # Asked to stop, an API server whose etcd is gone stays for a minute.
                preexec_fn=partial(die_with_parent, signal.SIGKILL),  # noqa: PLW1509  tests have one thread
            )
        self._running.append(process)

    def _etcd(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self._etcd_port}"
        return {
            "name": "cp",
            "data-dir": str(self.directory / "etcd"),
            "unsafe-no-fsync": "true",
            "listen-client-urls": address,
            "advertise-client-urls": address,
            "listen-peer-urls": "http://127.0.0.1:0",
            "log-level": "warn",
        }

    def _api_server(self) -> dict[str, str]:
        return {
            "etcd-servers": f"http://127.0.0.1:{self._etcd_port}",
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "secure-port": str(self.port),
            "tls-cert-file": str(self._pki / "server.crt"),
            "tls-private-key-file": str(self._pki / "server.key"),
            "cert-dir": str(self._pki),
            "endpoint-reconciler-type": "none",  # the loopback is no address for Endpoints
            "service-cluster-ip-range": "10.96.0.0/16",
            "authorization-mode": "Node,RBAC",
            "token-auth-file": str(self._pki / "tokens.csv"),
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": str(self._pki / "tokens.key"),
            "service-account-signing-key-file": str(self._pki / "tokens.key"),
            "enable-admission-plugins": "NodeRestriction",
            "allow-privileged": "true",
            "profiling": "false",
        }

    def _controller_manager(self) -> dict[str, str]:
        return {
            "leader-elect": "false",
            "secure-port": "0",
            "use-service-account-credentials": "true",
            "service-account-private-key-file": str(self._pki / "tokens.key"),
            "root-ca-file": str(self._pki / "ca.crt"),
            "allocate-node-cidrs": "false",
            "kube-api-qps": "500",  # with its own limit the first service account takes five seconds
            "kube-api-burst": "1000",
        }

    def _kwok(self) -> dict[str, str]:
        return {
            "config": str(self.directory / "stages.yaml"),
            "manage-all-nodes": "true",
            "cidr": "10.64.0.0/16",
            "node-ip": "127.0.0.1",
            "node-port": str(self._kwok_port),
            "server-address": f"127.0.0.1:{self._kwok_port}",
            "node-lease-duration-seconds": "40",
        }

    def _until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + _READY
        while not self._now(holds):
            ended = [str(it.args) for it in self._running if it.poll() is not None]
            assert not ended, f"see the logs in {self.directory}: {ended}"
            assert time.monotonic() < end, f"see the logs in {self.directory}"
            time.sleep(0.05)

    def _now(self, holds: Callable[[], bool]) -> bool:
        try:
            return holds()
        except OSError:  # nobody listens yet
            self._disconnect()
            return False

    def _furnished(self) -> bool:
        """Nodes without a taint, and the account that pods run under."""
        nodes = self.call("GET", "/api/v1/nodes").body["items"]
        account = self.call("GET", "/api/v1/namespaces/default/serviceaccounts/default")
        return account.code == 200 and all(not node["spec"].get("taints") and _is_ready(node) for node in nodes)


def _old_form(key: bytes) -> bytes:
    """A private key in the form from before PKCS #8, the only one from which the API server reads the public key."""
    loaded = load_pem_private_key(key, None)
    return loaded.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def _stages() -> str:
    """What kwok plays: pods are ready at once, but for those that the local cluster's simulator has fail too."""
    played = list(yaml.safe_load_all(stages().read_text()))
    ready = next(stage for stage in played if stage["metadata"]["name"] == "pod-ready")
    failing = (f'.metadata.annotations["{FAIL}"]', '.spec.containers.[].image | select(test(":(broken|fail)$"))')
    ready["spec"]["selector"]["matchExpressions"] += [{"key": key, "operator": "DoesNotExist"} for key in failing]
    return yaml.safe_dump_all(played)


def _node(name: str) -> dict[str, Any]:
    room = {"cpu": "64", "memory": "256Gi", "pods": "2000"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}},
        "status": {"allocatable": room, "capacity": room},
    }


def _is_ready(node: Mapping[str, Any]) -> bool:
    conditions = node["status"].get("conditions", [])
    return any((it["type"], it["status"]) == ("Ready", "True") for it in conditions)
