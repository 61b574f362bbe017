import pytest

from weir.apply.changes import Reference
from weir.apply.stages import Stage, batches, custom_kinds, order, stage

STAGES = {
    "a CRD": ("apiextensions.k8s.io/v1", "CustomResourceDefinition", Stage.DEFINITIONS),
    "a kind of that name elsewhere": ("example.org/v1", "CustomResourceDefinition", Stage.REST),
    "a Namespace": ("v1", "Namespace", Stage.DEFINITIONS),
    "a Namespace of another group": ("example.org/v1", "Namespace", Stage.REST),
    "a ClusterRole, whatever its case": ("rbac.authorization.k8s.io/v1", "clusterrole", Stage.DEFINITIONS),
    "a class": ("storage.k8s.io/v1", "StorageClass", Stage.CLASSES),
    "a class of anyone": ("example.org/v1", "FooClass", Stage.CLASSES),
    "a custom kind": ("rbac.authorization.k8s.io/v1", "Role", Stage.CUSTOM),
    "a custom kind of the core group": ("v1", "Secret", Stage.CUSTOM),
    "all else": ("apps/v1", "Deployment", Stage.REST),
}


@pytest.mark.parametrize("name", STAGES)
def test_an_object_has_its_stage(name: str) -> None:
    version, kind, expected = STAGES[name]
    custom = custom_kinds(" rbac.authorization.k8s.io/Role , Secret,")
    assert stage(Reference(version, kind, "ns", "a"), custom) is expected


def test_only_the_first_two_stages_are_awaited() -> None:
    assert [each for each in Stage if each.awaited] == [Stage.DEFINITIONS, Stage.CLASSES]


@pytest.mark.parametrize("text", ["a/b/C", "group/"])
def test_a_custom_kind_is_group_and_kind(text: str) -> None:
    with pytest.raises(ValueError, match="is no group/Kind"):
        custom_kinds(text)


def ref(kind: str, name: str = "x", version: str = "v1", namespace: str = "ns") -> Reference:
    return Reference(version, kind, namespace, name)


def test_kinds_come_in_their_order_and_ties_by_group_kind_namespace_name() -> None:
    shuffled = [
        ref("ValidatingWebhookConfiguration", version="admissionregistration.k8s.io/v1"),
        ref("Zoo", version="z.org/v1"),
        ref("Deployment", version="apps/v1"),
        ref("MutatingWebhookConfiguration", version="admissionregistration.k8s.io/v1"),
        ref("ConfigMap", "b"),
        ref("ConfigMap", "a", namespace="oz"),
        ref("ConfigMap", "c"),
        ref("Apple", version="z.org/v1"),
        ref("Zoo", version="a.org/v1"),
        ref("CustomResourceDefinition", version="apiextensions.k8s.io/v1"),
        ref("PodDisruptionBudget", version="policy/v1"),
        ref("Secret"),
        ref("Namespace"),
    ]
    assert [f"{each.kind}/{each.namespace}/{each.name}" for each in sorted(shuffled, key=order)] == [
        "CustomResourceDefinition/ns/x",
        "Namespace/ns/x",
        "ConfigMap/ns/b",
        "ConfigMap/ns/c",
        "ConfigMap/oz/a",
        "Secret/ns/x",
        "Deployment/ns/x",
        "PodDisruptionBudget/ns/x",
        "Zoo/ns/x",
        "Apple/ns/x",
        "Zoo/ns/x",
        "MutatingWebhookConfiguration/ns/x",
        "ValidatingWebhookConfiguration/ns/x",
    ]
    assert [len(batch) for batch in batches(shuffled)] == [1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1]
