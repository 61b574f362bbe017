"""Plays a case on one cluster."""

import json
import re
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any

from tests.conformance.api import normal
from tests.conformance.api.steps import Call, Case, Events, Kubectl, Step, Watch
from tests.servers.cluster import RunningCluster

_REFERENCE = re.compile(r"\$(\d+)\.([\w.]+)")
_AGE = re.compile(r"\b\d+s$", re.MULTILINE)
_PATIENCE = 12.0
"""Seconds until what a case waits for has to be there."""
_SILENCE = 5.0
"""Seconds in which the next event of a watch has to come."""


def play(case: Case, cluster: RunningCluster, namespace: str) -> list[Any]:
    """The answers to its steps, normalised."""
    return _Player(cluster, namespace).play(case)


class _Player:
    def __init__(self, cluster: RunningCluster, namespace: str) -> None:
        self._cluster, self._namespace = cluster, namespace
        self._answers: list[Any] = []
        self._open: dict[int, tuple[HTTPSConnection, HTTPResponse]] = {}
        self._names = normal.Names()

    def play(self, case: Case) -> list[Any]:
        try:
            return [self._step(number, step) for number, step in enumerate(case.steps)]
        finally:
            for connection, _ in self._open.values():
                connection.close()

    def _step(self, number: int, step: Step) -> Any:
        match step:
            case Call():
                return self._call(step)
            case Watch():
                return self._watch(number, step)
            case Events():
                return self._events(step)
            case Kubectl():
                return self._kubectl(step)

    def _call(self, step: Call) -> Any:
        end = time.monotonic() + _PATIENCE
        while True:
            code, body, headers = self._send(step)
            if self._holds(step.until, code, body) or time.monotonic() > end:
                break
            time.sleep(0.1)
        self._answers.append(body)
        return normal.answer(code, body, headers, self._names)

    def _holds(self, wanted: str, code: int, body: Any) -> bool:
        if wanted.isdigit():
            return code == int(wanted)
        return self._fill(wanted) in json.dumps(body)

    def _send(self, step: Call) -> tuple[int, Any, Any]:
        body = step.body if isinstance(step.body, bytes) else self._filled(step.body)
        token = self._fill(step.token) if step.token is not None else None
        headers = {name: self._fill(value) for name, value in step.headers.items()}
        reply = self._cluster.call(step.method, self._fill(step.path), body, token=token, headers=headers)
        return reply.code, reply.body, reply.headers.items()

    def _watch(self, number: int, step: Watch) -> Any:
        context = ssl.create_default_context(cadata=self._cluster.authority)
        connection = HTTPSConnection("127.0.0.1", self._cluster.port, context=context, timeout=_SILENCE)
        headers = {"Authorization": f"Bearer {self._cluster.token}", **step.headers}
        connection.request("GET", self._fill(step.path), headers=headers)
        response = connection.getresponse()
        self._open[number] = connection, response
        self._answers.append(None)
        body = None if response.status == 200 else json.loads(response.read())
        return normal.answer(response.status, body, iter(response.headers.items()), self._names)

    def _events(self, step: Events) -> Any:
        _, response = self._open[step.watch]
        lines = []
        try:
            while len(lines) < step.number and (line := response.readline()):
                lines.append(json.loads(line))
        except TimeoutError:
            lines.append("silence")
        self._answers.append(lines)
        return normal.value(lines, self._names)

    def _kubectl(self, step: Kubectl) -> Any:
        stdin = self._fill(step.stdin)
        file = Path(self._cluster.directory, "case.yaml")
        file.write_text(stdin)
        arguments = [it.replace("{file}", str(file)) for it in self._fill(step.line).split()]
        printed = self._cluster.kubectl(*arguments, "-n", self._namespace, stdin=stdin, check=False)
        self._answers.append(printed)
        printed = _AGE.sub("age", printed.replace(str(self._cluster.directory), "DIRECTORY"))
        return self._names.text(printed).splitlines()

    def _filled(self, body: Any) -> Any:
        return None if body is None else json.loads(self._fill(json.dumps(body)))

    def _fill(self, text: str) -> str:
        return _REFERENCE.sub(self._value, text.replace("{ns}", self._namespace))

    def _value(self, found: re.Match[str]) -> str:
        place: Any = self._answers[int(found[1])]
        for part in found[2].split("."):
            place = place[int(part)] if isinstance(place, list) else place[part]
        return str(place)


def furnish(cluster: RunningCluster, namespaces: list[str], definitions: list[Mapping[str, Any]]) -> None:
    """Make the cases' namespaces and the kinds that they share, and wait until all can be used."""
    for definition in definitions:
        reply = cluster.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        assert reply.code == 201, reply.body
    for name in namespaces:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        assert cluster.call("POST", "/api/v1/namespaces", body).code == 201
    for name in namespaces:
        for path in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
            _wait(cluster, f"/api/v1/namespaces/{name}/{path}")
    for definition in definitions:
        spec = definition["spec"]
        _wait(cluster, f"/apis/{spec['group']}/v1/{spec['names']['plural']}")


def _wait(cluster: RunningCluster, path: str) -> None:
    end = time.monotonic() + 60
    while cluster.call("GET", path).code != 200:
        assert time.monotonic() < end, path
        time.sleep(0.05)
