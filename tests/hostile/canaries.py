# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""A known value in every credential field, on good and on failing paths, and where it may never be seen again.

Logs of all processes, Kubernetes events, conditions and status, metrics, alerts, the bus and the outboxes are searched.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.hostile.city import KINDS, City, ready
from tests.hostile.suite import CONTROLLERS
from tests.servers.git_http import GitHttpServer
from tests.servers.git_ssh import GitSshServer
from tests.servers.sink import Sink
from weir import yaml
from weir.kube.kinds import EVENT

CANARY = "canary-7f3a91"


def canary(name: str) -> str:
    """A value that nothing else looks like."""
    return f"{CANARY}-{name}"


async def sources(city: City, url: str, ssh: GitSshServer) -> list[str]:
    """GitRepositories with secrets that open, and with secrets that do not."""
    made = {
        "basic-wrong": (url, {"username": "git", "password": canary("password")}),
        "bearer-wrong": (url, {"bearerToken": canary("bearer")}),
        "url-wrong": (url.replace("://", f"://{canary('user')}:{canary('url-password')}@"), {}),
        "unreachable": ("http://127.0.0.1:1/app.git", {"username": "git", "password": canary("unreachable")}),
        "no-user": (url, {"password": canary("lonely")}),
        "two-lines": (url, {"bearerToken": f"{canary('line')}\n{canary('line2')}"}),
        "no-certificate": (url, {"ca.crt": canary("ca")}),
        "half-pair": (url, {"tls.key": canary("key")}),
        "no-key": (f"{ssh.url}/app.git", {"identity": canary("identity"), "known_hosts": canary("hosts")}),
        "passphrase": (f"{ssh.url}/app.git", {"identity": ssh.identity, "known_hosts": ssh.known_hosts, "password": canary("phrase")}),
        "good": (url, {"username": "git", "password": canary("good-password")}),
    }  # fmt: skip
    for name, (address, data) in made.items():
        reference = {}
        if data:
            await city.secret(name, data)
            reference = {"secretRef": {"name": name}}
        await city.repository(name, address, **reference)
    await city.secret("proxy", {"address": f"http://{canary('proxy-user')}:{canary('proxy')}@127.0.0.1:1" })  # fmt: skip
    await city.repository("proxied", url, proxySecretRef={"name": "proxy"})
    return [*made, "proxied"]


def config(token: str, server: str = "https://127.0.0.1:1") -> str:
    """A kubeconfig."""
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": False}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {"token": token}}],
        }
    )


SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\nspec: {replicas: %s, selector: {}, template: {}}\n"
)
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {x: y}\n"


async def kustomizations(city: City) -> list[str]:
    """Kustomizations that use secrets and fail in every way that quotes what it was given."""
    encoded = base64.b64encode(canary("in-data").encode()).decode()
    await city.secret(
        "vars", {"password": canary("variable"), "name": f"Not_A_Name_{canary('name')}", "port": canary("port")}
    )
    trees = {
        "bad-data": SECRET + f"data: {{k: '{canary('raw')}!'}}\n",
        "bad-type": SECRET + f"stringData: {{k: {{nested: {canary('nested')}}}}}\n",
        "bad-field": SECRET + f"stringDatum: {{k: {canary('datum')}}}\ntype: [odd]\n",
        "bad-yaml": SECRET + f"stringData: {{k: '{canary('yaml')}\n",
        "bad-immutable": SECRET + f"immutable: maybe\ndata: {{k: {encoded}}}\n",
        "variable-name": MAP % "${name}",
        "variable-number": DEPLOYMENT % ("web", "${port}"),
        "variable-yaml": MAP % "a" + "y: {x: '${password}'\n",
        "variable-form": MAP % "${password//x}",
        "variable-strict": MAP % "a${password}${missing}",
        "variable-kind": "apiVersion: v1\nkind: ${password}\nmetadata: {name: a}\n",
        "good-secret": SECRET + f"stringData: {{k: {canary('applied')}, v: '${{password}}'}}\n",
    }
    for name, text in trees.items():
        await city.tree(
            name,
            {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": text},
            postBuild={"substituteFrom": [{"kind": "Secret", "name": "vars"}]},
        )
    generator = f"secretGenerator: [{{name: s, literals: ['{canary('literal')}']}}]\n"
    await city.tree("bad-literal", {"kustomization.yaml": generator})
    await city.tree(
        "bad-env",
        {"kustomization.yaml": "secretGenerator: [{name: s, envs: [.env]}]\n", ".env": f"k={canary('env')}\n=y\n"},
    )
    configs = {
        "remote-away": config(canary("kube-token")),
        "remote-refused": config(
            canary("refused-token"),
            server=city.suite.kubeconfig.read_text().partition("server: ")[2].partition("\n")[0],
        ),
        "remote-lines": config(f"{canary('a-line')}\n{canary('another')}"),
        "remote-rubbish": f"users: [{canary('rubbish')}",
        "remote-exec": config("").replace(
            "token: ''", f"exec: {{command: {canary('command')}, args: [{canary('argument')}]}}"
        ),
        "remote-basic": config("").replace("token: ''", f"username: u\n    password: {canary('kube-password')}"),
    }
    await city.secret("decrypts", {"age.agekey": canary("age"), "sops.vault-token": canary("vault")})
    decryption = {"provider": "sops", "secretRef": {"name": "decrypts"}}
    await city.tree("decrypted", {"a.yaml": MAP % "a"}, decryption=decryption)
    for name, text in configs.items():
        await city.secret(name, {"value": text})
        await city.tree(
            name,
            {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": MAP % "a"},
            kubeConfig={"secretRef": {"name": name}},
        )
    return [*trees, "bad-literal", "bad-env", "decrypted", *configs]


async def notifications(city: City, sink: Sink) -> None:
    """Providers that succeed, that are refused, and that cannot be reached; a Receiver."""
    secrets = {
        "generic": {"address": f"{sink.url}/{canary('path')}?key={canary('query')}", "token": canary("token"), "headers": f"X-Key: {canary('header')}\n"},
        "generic-hmac": {"address": f"{sink.url}/hmac", "token": canary("hmac")},
        "slack": {"address": f"{sink.url}/slack/{canary('hook')}", "token": canary("bot")},
        "grafana": {"address": f"{sink.url}/grafana", "username": "me", "password": canary("grafana")},
        "alertmanager": {"address": f"http://{canary('am-user')}:{canary('am-password')}@127.0.0.1:1/x"},
        "discord": {"address": f"https://127.0.0.1:1/{canary('discord')}"},
        "msteams": {"address": f"http://[{canary('bad-address')}"},
        "nats": {"address": f"nats://{canary('nats-user')}:{canary('nats-password')}@127.0.0.1:1"},
        "rocket": {"address": f"{sink.url}/rocket", "headers": f"{canary('headers-that-are-none')}"},
    }  # fmt: skip
    for kind, data in secrets.items():
        await city.secret(f"p-{kind}", data)
        spec: dict[str, Any] = {"type": kind, "secretRef": {"name": f"p-{kind}"}, "channel": "general", "timeout": "1s"}
        await city.make("Provider", kind, spec)
        everything = [{"kind": kind_, "name": "*"} for kind_ in ("GitRepository", "Kustomization")]
        await city.make("Alert", kind, {"providerRef": {"name": kind}, "eventSources": everything})
    await city.secret("hook", {"token": canary("receiver")})
    entry = {"kind": "GitRepository", "name": "good"}
    await city.make("Receiver", "hook", {"type": "github", "resources": [entry], "secretRef": {"name": "hook"}})
    path = (await city.ready("Receiver", "hook"))["status"]["webhookPath"]
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"X-Hub-Signature-256": "sha256=00"}, {"X-Hub-Signature-256": canary("forged")}):
            await session.post(city.suite.webhooks + path, data=b"{}", headers=headers)


def strings(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from (key, *strings(each))
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    else:
        yield str(value)


def sightings(where: str, text: str) -> Iterator[str]:
    """What was seen, and what stood around it."""
    for form in (CANARY, base64.b64encode(CANARY.encode()).decode()[:16]):
        start = 0
        while (at := text.find(form, start)) >= 0:
            yield f"{where}: ...{text[max(0, at - 120) : at + 60]}"
            start = at + len(form)


async def seen(city: City, sink: Sink, directory: Path) -> list[str]:
    """Plant the canaries; where any was seen once all is done. The directory holds repositories, `app` among them."""
    async with (
        GitHttpServer(directory, username="git", password=canary("good-password")) as server,
        GitSshServer(directory) as ssh,
    ):
        await notifications(city, sink)
        git = await sources(city, f"{server.url}/app.git", ssh)
        built = await kustomizations(city)
        for kind, names in (("GitRepository", git), ("Kustomization", built)):
            for name in names:
                await city.until(kind, name, lambda it: ready(it)["status"] in {"True", "False"}, 30)
        await city.ready("GitRepository", "good")
        await city.ready("Kustomization", "good-secret")
        sink.status, sink.reply = 403, b"forbidden"
        await sink.wait(5)
        await asyncio.sleep(2)
    shown = [it async for it in told(city)]
    shown += [("log", city.suite.logs())]
    shown += [("alert", request.body.decode(errors="replace")) for request in sink.requests]
    state = city.suite.directory / "state"
    for file in [*state.glob("*.outbox*"), *(it for it in (state / "nats").rglob("*") if it.is_file())]:
        with suppress(FileNotFoundError):  # NATS replaces its own
            shown.append((f"file {file.relative_to(state)}", file.read_bytes().decode(errors="replace")))
    places = {where.partition(" ")[0] for where, text in shown if text}
    assert places == {"alert", "event", "file", "log", "metrics", "status"}, "there was something to look at"
    return sorted({it for where, text in shown for it in sightings(where, text)})


async def told(city: City) -> AsyncIterator[tuple[str, str]]:
    """What the cluster and the metrics show, and where."""
    for kind in ("GitRepository", "Kustomization", "Provider", "Alert", "Receiver"):
        for it in (await city.client.list(KINDS[kind], city.namespace)).objects:
            for text in strings(it.body().get("status", {})):
                yield f"status of {kind}/{it.metadata.name}", text
    for event in (await city.client.list(EVENT, city.namespace)).objects:
        for text in strings(event.body()):
            yield "event", text
    async with aiohttp.ClientSession() as session:
        for name in CONTROLLERS:
            async with session.get(city.suite.metrics(name)) as answer:
                yield f"metrics of {name}", await answer.text()
