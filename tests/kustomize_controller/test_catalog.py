from typing import Any

import msgspec

from kustomize_controller.catalog import Catalog, Cluster, SourceKey, settled
from weir.api.conditions import Condition
from weir.api.kustomization import Kustomization
from weir.kube.object import Key, Object, read
from weir.kube.watch import Change


def raw(name: str, *, source: str = "repo", after: str = "", ids: Any = (), attempted: str = "", **more: Any) -> Object:
    spec = {"prune": True, "interval": "1m", "sourceRef": {"kind": "GitRepository", "name": source}}
    spec |= {"dependsOn": [{"name": after}]} if after else {}
    status: dict[str, Any] = {"lastAttemptedRevision": attempted}
    status |= {"inventory": {"entries": [{"id": each, "v": "v1"} for each in ids]}} if ids else {}
    body = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "ns"},
        "spec": {**spec, **more},
        "status": status,
    }
    return read(msgspec.json.encode(body))


def catalog(*objects: Object) -> Catalog:
    found = Catalog()
    for each in objects:
        found.see(Change(None, each))
    return found


REPO = SourceKey("GitRepository", "ns", "repo")
A, B = Key("ns", "a"), Key("ns", "b")


def names(found: list[Kustomization]) -> list[str]:
    return [ks.metadata.name for ks in found]


def test_users_and_dependants_are_found_and_leave() -> None:
    found = catalog(raw("a"), raw("b", after="a"), raw("c", source="other"))
    assert names(found.users(REPO)) == ["a", "b"]
    assert names(found.dependants(A)) == ["b"]
    found.see(Change(raw("b", after="a"), raw("b", source="other")))
    assert names(found.users(REPO)) == ["a"]
    assert found.dependants(A) == []
    found.see(Change(raw("a"), None))
    assert found.users(REPO) == []
    assert found.get(A) is None


def test_an_object_that_does_not_decode_is_left_out() -> None:
    found = catalog(raw("a"), raw("b", prune="maybe"))
    assert names(found.users(REPO)) == ["a"]


def test_who_claims_an_object() -> None:
    found = catalog(raw("a", ids=["x", "y"]), raw("b", ids=["y"]))
    assert found.claimed(Cluster(), "x", but=A) is None
    assert found.claimed(Cluster(), "x", but=B) == A
    assert found.claimed(Cluster(), "y", but=A) == B
    assert found.claimed(Cluster("ns", "other"), "y", but=A) is None


def test_what_a_build_wants_counts_before_the_inventory_does() -> None:
    found = catalog(raw("a", ids=["x"]), raw("b", ids=["y"]))
    found.intend(B, ["x"])
    assert found.claimed(Cluster(), "x", but=A) == B
    assert found.claimed(Cluster(), "y", but=A) is None
    found.see(Change(raw("b"), None))
    assert found.claimed(Cluster(), "x", but=A) is None


def test_others_of_the_source_that_have_not_seen_the_revision() -> None:
    objects = (
        raw("a"),
        raw("b"),
        raw("seen", attempted="r2"),
        raw("after", after="a"),
        raw("later", after="after"),
        raw("off", suspend=True),
        raw("elsewhere", kubeConfig={"secretRef": {"name": "s"}}),
        raw("other", source="other"),
    )
    found = catalog(*objects)
    own = found.get(A)
    assert own is not None
    assert found.undecided(own, "r2") == [B]


def test_an_object_has_dealt_with_a_revision_or_has_not() -> None:
    def ks(attempted: str, *conditions: Condition) -> Kustomization:
        obj = raw("a", attempted=attempted).decode(Kustomization)
        return msgspec.structs.replace(obj, status=msgspec.structs.replace(obj.status, conditions=conditions))

    ready, failed = Condition("Ready", "True", "t", "R", ""), Condition("Ready", "False", "t", "R", "")
    going = Condition("Reconciling", "True", "t", "R", "")
    assert settled(ks("r1", ready), "r1")
    assert settled(ks("r1", failed, going), "r1")
    assert not settled(ks("r1", failed), "r1")
    assert not settled(ks("r0", ready), "r1")
