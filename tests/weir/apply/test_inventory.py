import pytest

from weir.api.kustomization import InventoryEntry
from weir.apply.changes import Action, Change, Reference, entries, lines
from weir.apply.inventory import entry_id, parse, stale, union

IDS = {
    "ns_app_apps_Deployment": Reference("apps/v1", "Deployment", "ns", "app"),
    "ns_app__Service": Reference("v1", "Service", "ns", "app"),
    "_ns__Namespace": Reference("v1", "Namespace", "", "ns"),
    "_system__x_rbac.authorization.k8s.io_ClusterRole": Reference(
        "rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:x"
    ),
    "ns_a__b__c_rbac.authorization.k8s.io_RoleBinding": Reference(
        "rbac.authorization.k8s.io/v1", "RoleBinding", "ns", "a:b:c"
    ),
}


@pytest.mark.parametrize("identifier", IDS)
def test_an_id_stands_for_an_object_both_ways(identifier: str) -> None:
    reference = IDS[identifier]
    assert entry_id(reference.namespace, reference.name, reference.group, reference.kind) == identifier
    assert parse(identifier) == (reference.namespace, reference.name, reference.group, reference.kind)
    assert Reference.of_entry(reference.entry) == reference


@pytest.mark.parametrize("identifier", ["", "a", "a_b", "a_b_c", "___", "ns_name_group_"])
def test_what_is_no_id_is_named(identifier: str) -> None:
    with pytest.raises(ValueError, match=f"'{identifier}' is no inventory id"):
        parse(identifier)


def entry(name: str, version: str = "v1") -> InventoryEntry:
    return InventoryEntry(f"ns_{name}__ConfigMap", version)


def test_stale_is_what_is_no_longer_wanted_whatever_its_version() -> None:
    old, new = (entry("a"), entry("b", "v1beta1"), entry("c")), (entry("b"), entry("d"))
    assert stale(old, new) == (entry("a"), entry("c"))
    assert union(new, old) == (entry("b"), entry("d"), entry("a"), entry("c"))


def test_changes_are_told_by_subject() -> None:
    done = [
        Change(Reference("v1", "ConfigMap", "ns", "a"), Action.CREATED),
        Change(Reference("v1", "Namespace", "", "b"), Action.CONFIGURED),
        Change(Reference("v1", "Secret", "ns", "c"), Action.SKIPPED),
    ]
    assert lines(done, Action.CREATED, Action.CONFIGURED) == "ConfigMap/ns/a created\nNamespace/b configured"
    assert [each.id for each in entries(done)] == ["ns_a__ConfigMap", "_b__Namespace", "ns_c__Secret"]
