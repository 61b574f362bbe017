"""A name leads to its own object or nowhere."""

import pytest

from weir.kube import errors
from weir.kube.kinds import NAMESPACE, SECRET
from weir.kube.paths import collection_path, object_path

GOOD = {
    "a namespaced object": (object_path(SECRET, "n", "a"), "/api/v1/namespaces/n/secrets/a"),
    "a subresource": (object_path(SECRET, "n", "a", "status"), "/api/v1/namespaces/n/secrets/a/status"),
    "a cluster-scoped object, whatever the namespace": (object_path(NAMESPACE, "n", "a"), "/api/v1/namespaces/a"),
    "a role's name": (object_path(SECRET, "n", "system:a"), "/api/v1/namespaces/n/secrets/system:a"),
    "a query in a name": (object_path(SECRET, "n", "a?b#c d"), "/api/v1/namespaces/n/secrets/a%3Fb%23c%20d"),
    "all namespaces": (collection_path(SECRET, ""), "/api/v1/secrets"),
}
BAD = {
    "no name: it would mean them all": ("n", ""),
    "another object": ("n", "../configmaps/a"),
    "the parent": ("n", ".."),
    "an encoded way up": ("n", "%2e%2e"),
    "another namespace": ("../n", "a"),
    "itself": ("n", "."),
}


@pytest.mark.parametrize(("found", "wanted"), GOOD.values(), ids=GOOD.keys())
def test_paths(found: str, wanted: str) -> None:
    assert found == wanted


@pytest.mark.parametrize(("namespace", "name"), BAD.values(), ids=BAD.keys())
def test_names_that_lead_elsewhere_are_refused(namespace: str, name: str) -> None:
    with pytest.raises(errors.BadRequest, match="secrets: "):
        object_path(SECRET, namespace, name)
