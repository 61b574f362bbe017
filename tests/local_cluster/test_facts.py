"""What a real API server (Kubernetes 1.36) stores of minimal objects is what this one stores."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.servers.cluster import RunningCluster

CASES = json.loads((Path(__file__).parent / "schema/kubernetes-1.36-defaults.json").read_text())
NAMESPACE = "facts-of-defaults"
_RANDOM = {
    r"kube-api-access-\w{5}": "kube-api-access",
    r"[0-9a-f]{8}-[0-9a-f-]{27}": "uid",
    r'"10\.\d+\.\d+\.\d+"': '"10.0.0.1"',
    r'"nodePort": \d+': '"nodePort": 1',
    r"\d{4}-\d\d-\d\dT[\d:]+Z": "time",
}


def comparable(body: dict[str, Any]) -> Any:
    own = ("uid", "creationTimestamp", "resourceVersion", "managedFields")
    metadata = {key: value for key, value in body["metadata"].items() if key not in own}
    text = json.dumps({**body, "metadata": metadata})
    for pattern, same in _RANDOM.items():
        text = re.sub(pattern, same, text)
    return json.loads(text)


@pytest.fixture(scope="module")
def space(cluster: RunningCluster) -> str:
    cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    return NAMESPACE


@pytest.mark.parametrize("index", range(len(CASES)), ids=lambda index: f"{CASES[index]['sent']['kind']}-{index}")
def test_a_minimal_object_is_stored_as_on_a_real_server(index: int, cluster: RunningCluster, space: str) -> None:
    case = CASES[index]
    version, kind = case["sent"]["apiVersion"], case["sent"]["kind"]
    root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    listed = cluster.call("GET", root).body["resources"]
    resource = next(each for each in listed if each["kind"] == kind and "/" not in each["name"])
    where = f"{root}/namespaces/{space}" if resource["namespaced"] else root
    answer = cluster.call("POST", f"{where}/{resource['name']}?dryRun=All", case["sent"])
    assert comparable(answer.body) == comparable(case["stored"])
