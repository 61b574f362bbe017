"""Lists, pages and watches."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from http.client import HTTPResponse, HTTPSConnection
from typing import Any, Self
from urllib.parse import quote, urlencode

import pytest

from tests.servers.cluster import LocalCluster, RunningCluster
from weir.kube.client import Client
from weir.kube.kinds import CONFIG_MAP


def put(cluster: RunningCluster, namespace: str, name: str, **labels: str) -> dict[str, Any]:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}
    made: dict[str, Any] = cluster.call("POST", url(namespace), body).body
    return made


def url(namespace: str, **query: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps" + (f"?{urlencode(query)}" if query else "")


def names(body: dict[str, Any]) -> list[str]:
    return [each["metadata"]["name"] for each in body["items"]]


class Watching:
    """An open watch; `lines` reads its events."""

    def __init__(self, cluster: RunningCluster, target: str, **headers: str) -> None:
        context = ssl.create_default_context(cadata=cluster.authority)
        self.connection = HTTPSConnection("127.0.0.1", cluster.port, context=context, timeout=10)
        self.connection.request("GET", target, headers={"Authorization": f"Bearer {cluster.token}", **headers})
        self.answer: HTTPResponse = self.connection.getresponse()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()
        self.connection.close()

    def events(self, count: int) -> list[tuple[str, Any]]:
        read = [json.loads(self.answer.readline()) for _ in range(count)]
        return [(each["type"], each["object"]) for each in read]

    def seen(self, count: int) -> list[tuple[str, str]]:
        return [(kind, body["metadata"].get("name", "")) for kind, body in self.events(count)]


@pytest.fixture
def three(cluster: RunningCluster, namespace: str) -> str:
    for name, team in (("a", "x"), ("b", "y"), ("c", "x")):
        put(cluster, namespace, name, team=team)
    return namespace


SELECTED = {
    "team=x": ["a", "c"],
    "team==y": ["b"],
    "team!=x": ["b", "kube-root-ca.crt"],
    "team in (x, y)": ["a", "b", "c"],
    "team notin (x)": ["b", "kube-root-ca.crt"],
    "team": ["a", "b", "c"],
    "!team": ["kube-root-ca.crt"],
    "team=x,team!=y": ["a", "c"],
}


@pytest.mark.parametrize("selector", SELECTED)
def test_a_list_is_narrowed_by_labels(selector: str, cluster: RunningCluster, three: str) -> None:
    assert names(cluster.call("GET", url(three, labelSelector=selector)).body) == SELECTED[selector]


def test_a_list_is_narrowed_by_fields(cluster: RunningCluster, three: str) -> None:
    assert names(cluster.call("GET", url(three, fieldSelector="metadata.name=b")).body) == ["b"]
    assert names(cluster.call("GET", url(three, fieldSelector="metadata.name!=b")).body) == [
        "a",
        "c",
        "kube-root-ca.crt",
    ]
    refused = cluster.call("GET", url(three, fieldSelector="data.x=1"))
    known = '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"'
    assert (refused.code, refused.body["message"]) == (400, known)


def test_a_malformed_selector_is_refused(cluster: RunningCluster, namespace: str) -> None:
    refused = cluster.call("GET", url(namespace, labelSelector="a in b"))
    assert (refused.code, refused.body["reason"]) == (400, "BadRequest")


def test_pages_show_one_moment(cluster: RunningCluster, three: str) -> None:
    first = cluster.call("GET", url(three, limit="2")).body
    assert names(first) == ["a", "b"]
    assert first["metadata"]["remainingItemCount"] == 2
    put(cluster, three, "bb")
    cluster.call("DELETE", f"/api/v1/namespaces/{three}/configmaps/c")
    rest = cluster.call("GET", url(three, **{"limit": "2", "continue": first["metadata"]["continue"]})).body
    assert names(rest) == ["c", "kube-root-ca.crt"]
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert "continue" not in rest["metadata"]


def test_a_broken_continue_token(cluster: RunningCluster, namespace: str) -> None:
    assert cluster.call("GET", url(namespace, **{"continue": "nonsense"})).code == 400


def test_an_exact_list_of_the_past(cluster: RunningCluster, three: str) -> None:
    before = cluster.call("GET", url(three)).body["metadata"]["resourceVersion"]
    cluster.call("DELETE", f"/api/v1/namespaces/{three}/configmaps/a")
    exact = cluster.call("GET", url(three, resourceVersion=before, resourceVersionMatch="Exact")).body
    assert names(exact) == ["a", "b", "c", "kube-root-ca.crt"]


def test_a_revision_that_is_not_yet(cluster: RunningCluster, namespace: str) -> None:
    refused = cluster.call("GET", url(namespace, resourceVersion="999999999"))
    assert (refused.code, refused.body["reason"]) == (504, "Timeout")
    assert refused.body["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


def test_items_of_a_built_in_list_carry_no_kind(cluster: RunningCluster, three: str) -> None:
    body = cluster.call("GET", url(three)).body
    assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1")
    assert not {"kind", "apiVersion"} & set(body["items"][0])


def test_metadata_alone(cluster: RunningCluster, three: str) -> None:
    accept = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
    body = cluster.call("GET", url(three), headers=accept).body
    assert (body["kind"], body["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert set(body["items"][0]) == {"kind", "apiVersion", "metadata"}
    assert body["items"][0]["kind"] == "PartialObjectMetadata"


def test_a_watch_resumes_where_a_list_ended(cluster: RunningCluster, three: str) -> None:
    version = cluster.call("GET", url(three)).body["metadata"]["resourceVersion"]
    put(cluster, three, "d")
    with Watching(cluster, url(three, watch="1", resourceVersion=version, timeoutSeconds="5")) as watch:
        cluster.call("DELETE", f"/api/v1/namespaces/{three}/configmaps/a")
        first, second = watch.events(2)
    assert (first[0], first[1]["metadata"]["name"]) == ("ADDED", "d")
    assert (second[0], second[1]["metadata"]["name"]) == ("DELETED", "a")
    assert int(second[1]["metadata"]["resourceVersion"]) > int(first[1]["metadata"]["resourceVersion"])


def test_a_watch_without_a_version_begins_with_what_there_is(cluster: RunningCluster, three: str) -> None:
    with Watching(cluster, url(three, watch="1", timeoutSeconds="5", labelSelector="team=x")) as watch:
        assert watch.seen(2) == [("ADDED", "a"), ("ADDED", "c")]


def test_joining_and_leaving_a_selection(cluster: RunningCluster, three: str) -> None:
    version = cluster.call("GET", url(three)).body["metadata"]["resourceVersion"]
    merge = {"Content-Type": "application/merge-patch+json"}
    with Watching(cluster, url(three, watch="1", resourceVersion=version, labelSelector="team=x")) as watch:
        for name, team in (("b", "x"), ("b", "z"), ("a", "z")):
            change = {"metadata": {"labels": {"team": team}}}
            cluster.call("PATCH", f"/api/v1/namespaces/{three}/configmaps/{name}", change, headers=merge)
        events = watch.events(3)
    assert [(kind, body["metadata"]["name"]) for kind, body in events] == [
        ("ADDED", "b"),
        ("DELETED", "b"),
        ("DELETED", "a"),
    ]
    assert events[1][1]["metadata"]["labels"] == {"team": "x"}


def test_a_streamed_list_ends_with_a_bookmark(cluster: RunningCluster, three: str) -> None:
    query = {"watch": "1", "sendInitialEvents": "true", "allowWatchBookmarks": "true", "timeoutSeconds": "5"}
    with Watching(cluster, url(three, resourceVersionMatch="NotOlderThan", **query)) as watch:
        events = watch.events(5)
    assert [kind for kind, _ in events] == ["ADDED"] * 4 + ["BOOKMARK"]
    assert events[-1][1]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    refused = cluster.call("GET", url(three, watch="1", sendInitialEvents="true"))
    assert refused.code == 422
    assert "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan" in refused.body["message"]


def test_a_watch_ends_with_its_timeout(cluster: RunningCluster, namespace: str) -> None:
    version = cluster.call("GET", url(namespace)).body["metadata"]["resourceVersion"]
    with Watching(cluster, url(namespace, watch="1", resourceVersion=version, timeoutSeconds="1")) as watch:
        assert watch.answer.read() == b""


def test_a_watch_gets_a_bookmark_before_it_ends(cluster: RunningCluster, namespace: str) -> None:
    version = cluster.call("GET", url(namespace)).body["metadata"]["resourceVersion"]
    query = {"watch": "1", "resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": "3"}
    with Watching(cluster, url(namespace, labelSelector="none", **query)) as watch:
        ((kind, body),) = watch.events(1)
        assert watch.answer.read() == b""
    assert (kind, body["kind"], set(body)) == ("BOOKMARK", "ConfigMap", {"kind", "apiVersion", "metadata"})
    assert int(body["metadata"]["resourceVersion"]) >= int(version)


def test_a_list_out_of_the_cache_is_whole(cluster: RunningCluster, three: str) -> None:
    assert len(cluster.call("GET", url(three, limit="1", resourceVersion="0")).body["items"]) == 4


def test_a_watch_of_metadata_alone(cluster: RunningCluster, three: str) -> None:
    accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    with Watching(cluster, url(three, watch="1", timeoutSeconds="5"), Accept=accept) as watch:
        ((kind, body),) = watch.events(1)
    assert (kind, body["kind"], set(body)) == ("ADDED", "PartialObjectMetadata", {"kind", "apiVersion", "metadata"})


def test_a_watch_of_one_name(cluster: RunningCluster, three: str) -> None:
    target = f"/api/v1/namespaces/{three}/configmaps?watch=1&fieldSelector=" + quote("metadata.name=b")
    with Watching(cluster, target) as watch:
        assert watch.seen(1) == [("ADDED", "b")]


async def test_our_client_pages_and_watches(kube: Client, cluster: RunningCluster, three: str) -> None:
    listing = await kube.list(CONFIG_MAP, three, limit=1)
    assert [each.metadata.name for each in listing.objects] == ["a", "b", "c", "kube-root-ca.crt"]

    async def first() -> tuple[str, str]:
        async with kube.watching(CONFIG_MAP, three, resource_version=listing.resource_version) as events:
            event = await anext(events)
            return event.type, event.object.metadata.name

    waiting = asyncio.create_task(first())
    await asyncio.sleep(0.05)
    put(cluster, three, "z")
    assert await waiting == ("ADDED", "z")


@pytest.fixture
def small(tmp_path: Any) -> Iterator[RunningCluster]:
    running = LocalCluster(tmp_path)
    running.start()
    yield running
    running.stop()


def test_a_restart_expires_old_watches_and_pages(small: RunningCluster) -> None:
    for name in "abc":
        put(small, "default", name)
    page = small.call("GET", url("default", limit="1")).body
    old = small.call("GET", url("default")).body["metadata"]["resourceVersion"]
    put(small, "default", "d")
    small.kill()
    small.start()
    with Watching(small, url("default", watch="1", resourceVersion=old)) as watch:
        ((kind, body),) = watch.events(1)
    assert (kind, body["code"], body["reason"]) == ("ERROR", 410, "Expired")
    assert body["message"].startswith(f"too old resource version: {old} (")
    gone = small.call("GET", url("default", **{"limit": "1", "continue": page["metadata"]["continue"]}))
    assert (gone.code, gone.body["reason"]) == (410, "Expired")
    rest = small.call("GET", url("default", **{"continue": gone.body["metadata"]["continue"]})).body
    assert names(rest) == ["b", "c", "d", "kube-root-ca.crt"]


def test_everything_survives_kill_9(small: RunningCluster) -> None:
    made = [put(small, "default", f"c{index}") for index in range(50)]
    small.call("DELETE", "/api/v1/namespaces/default/configmaps/c7")
    token = small.call("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", {"spec": {}}).body
    version = small.call("GET", url("default")).body["metadata"]["resourceVersion"]
    for _ in range(2):
        small.kill()
        small.start()
    body = small.call("GET", url("default", labelSelector="!x")).body
    found = {each["metadata"]["name"]: each["metadata"]["uid"] for each in body["items"]}
    expected = {each["metadata"]["name"]: each["metadata"]["uid"] for each in made}
    del expected["c7"]
    assert {name: uid for name, uid in found.items() if name in expected} == expected
    assert int(body["metadata"]["resourceVersion"]) >= int(version)
    who = small.call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, token=token["status"]["token"])
    assert who.body["status"]["userInfo"]["username"] == "system:serviceaccount:default:default"


def test_files_are_the_owners_alone(small: RunningCluster) -> None:
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in [small.kubeconfig, *(small.directory / "pki").iterdir(), *(small.directory / "state").iterdir()]
    }
    assert set(modes.values()) == {0o600}
