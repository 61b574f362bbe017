"""`weir trace` against the running suite: from an object to its owner and source."""

from collections.abc import Iterator

import pytest

from tests.weir_cli.stage import Stage, full, kustomization

_BUCKETS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "buckets.source.toolkit.fluxcd.io"},
    "spec": {
        "group": "source.toolkit.fluxcd.io",
        "scope": "Namespaced",
        "names": {"kind": "Bucket", "plural": "buckets", "singular": "bucket", "listKind": "BucketList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}


@pytest.fixture
def bucket(stage: Stage) -> Iterator[None]:
    """A ConfigMap of a Kustomization of a Bucket; nothing here serves Buckets, so their state is written."""
    owner = {
        f"kustomize.toolkit.fluxcd.io/{key}": value for key, value in (("name", "store"), ("namespace", "default"))
    }
    source = {"kind": "Bucket", "name": "files"}
    stage.apply(_BUCKETS)
    stage.kubectl("wait", "--for=condition=Established", "crd/buckets.source.toolkit.fluxcd.io", "--timeout=20s")
    stage.apply(
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "Bucket",
            "metadata": {"name": "files", "namespace": "default"},
            "spec": {"endpoint": "minio.example.com", "bucketName": "manifests"},
            "status": {
                "artifact": {
                    "revision": "sha256:1234",
                    "metadata": {"org.opencontainers.image.source": "https://git.example.com/app"},
                },
                "conditions": [
                    {
                        "type": "Ready",
                        "status": "True",
                        "reason": "Succeeded",
                        "lastTransitionTime": "2026-01-02T03:04:05Z",
                        "message": "stored artifact: revision 'sha256:1234'",
                    }
                ],
            },
        },
        kustomization("store", "default", suspend=True, sourceRef=source),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "stored", "namespace": "default", "labels": owner},
        },
    )
    yield
    stage.kubectl("delete", "kustomization/store", "configmap/stored", "bucket/files", "-n", "default")
    stage.kubectl("delete", "crd", "buckets.source.toolkit.fluxcd.io")


def _since(stage: Stage, kind: str, name: str) -> str:
    path = '{.status.conditions[?(@.type=="Ready")].lastTransitionTime}'
    return stage.kubectl("get", kind, name, "-n", "flux-system", "-o", f"jsonpath={path}")


def test_from_an_object_to_its_commit(stage: Stage) -> None:
    shown = stage.weir("trace", "cm/hello", "-n", "default")
    revision = full(stage)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "Object:          ConfigMap/hello\n"
        "Namespace:       default\n"
        "Status:          Managed by Flux\n"
        "---\n"
        "Kustomization:   good\n"
        "Namespace:       flux-system\n"
        "Path:            ./good\n"
        f"Revision:        {revision}\n"
        f"Status:          Last reconciled at {_since(stage, 'kustomization', 'good')}\n"
        f"Message:         Applied revision: {revision}\n"
        "---\n"
        "GitRepository:   app\n"
        "Namespace:       flux-system\n"
        f"URL:             {stage.url}\n"
        "Branch:          main\n"
        f"Revision:        {revision}\n"
        f"Status:          Last reconciled at {_since(stage, 'gitrepository', 'app')}\n"
        f"Message:         stored artifact for revision '{revision}'\n"
    )


def test_every_way_to_name_it_means_the_same(stage: Stage) -> None:
    ways = (
        ["configmap/hello"],
        ["configmaps", "hello"],
        ["hello", "--kind", "ConfigMap", "--api-version", "v1"],
    )
    assert len({stage.weir("trace", *words, "-n", "default").out for words in ways}) == 1


def test_an_owner_reference_leads_to_the_owner(stage: Stage) -> None:
    stage.kubectl("wait", "--for=create", "deployment/web", "-n", "default", "--timeout=20s")
    sets = ["-n", "default", "-l", "app=web", "-o", "jsonpath={.items[0].metadata.name}"]
    stage.kubectl("wait", "--for=create", "replicaset", "-l", "app=web", "-n", "default", "--timeout=20s")
    shown = stage.weir("trace", f"rs/{stage.kubectl('get', 'replicaset', *sets)}", "-n", "default")
    assert "\nKustomization:   slow\n" in shown.out


@pytest.mark.usefixtures("bucket")
def test_a_bucket_is_a_source_too(stage: Stage) -> None:
    shown = stage.weir("trace", "configmap/stored", "-n", "default")
    assert shown.out.partition("---\n")[2] == (
        "Kustomization:   store\n"
        "Namespace:       default\n"
        "Path:            ./store\n"
        "Status:          Suspended\n"
        "---\n"
        "Bucket:          files\n"
        "Namespace:       default\n"
        "Endpoint:        minio.example.com\n"
        "Bucket:          manifests\n"
        "Revision:        sha256:1234\n"
        "Origin Source:   https://git.example.com/app\n"
        "Status:          Last reconciled at 2026-01-02T03:04:05Z\n"
        "Message:         stored artifact: revision 'sha256:1234'\n"
    )


def test_what_nobody_has_applied(stage: Stage) -> None:
    assert stage.weir("trace", "ns/default") == (0, "", "✗ object not managed by Flux\n")


def test_errors_say_what_to_do(stage: Stage) -> None:
    assert stage.weir("trace", "cm/none", "-n", "default").err == (
        "✗ ConfigMap object 'none' not found in \"default\" namespace\n"
    )
    assert stage.weir("trace", "thing/x") == (
        1,
        "",
        "✗ the cluster serves no kind 'thing': `kubectl api-resources` lists what there is\n",
    )
    assert stage.weir("trace", "hello").err == "✗ 'hello' names no object: give KIND/NAME, such as deployment/web\n"
