"""Every pair that a real API server gave: what was sent, and what it stored."""

import copy
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from local_cluster.schema import builtin
from local_cluster.schema.facts import components_by_kind, facts
from weir.api.base import Kind

NOW = datetime(2026, 11, 24, 6, 35, 20, tzinfo=UTC)
PAIRS = msgspec.json.decode((Path(__file__).parent / "kubernetes-1.36-defaults.json").read_bytes())
NAMES = [f"{i}-{pair['sent']['kind']}" for i, pair in enumerate(PAIRS)]


def masked(value: Any) -> Any:
    """Random names, ports and addresses made alike."""
    text = msgspec.json.encode(value).decode()
    text = re.sub(r"kube-api-access-\w{5}", "kube-api-access-*", text)
    text = re.sub(r'"nodePort":\d+', '"nodePort":0', text)
    text = re.sub(r'"10\.(9[6-9]|1[01]\d)\.\d+\.\d+"', '"10.96.0.0"', text)
    return msgspec.json.decode(text)


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_a_new_object_is_completed_as_a_real_server_does(pair: dict[str, Any]) -> None:
    obj, expected = copy.deepcopy(pair["sent"]), pair["stored"]
    group, _, version = obj["apiVersion"].rpartition("/")
    schema = builtin(Kind(group, version, obj["kind"], ""))
    stored_metadata = expected["metadata"]
    for name in ("namespace", "generation"):
        if name in stored_metadata:
            obj["metadata"][name] = stored_metadata[name]
    uid = expected.get("spec", {}).get("selector", {})
    if obj["kind"] == "Job":
        obj["metadata"]["uid"] = uid["matchLabels"]["batch.kubernetes.io/controller-uid"]
    assert schema.prune(obj) == []
    schema.default(obj)
    schema.admit(obj, NOW)
    assert schema.validate(obj) == []
    obj["metadata"].pop("uid", None)
    assert masked(obj) == masked(expected)


@pytest.mark.parametrize("pair", PAIRS, ids=NAMES)
def test_defaults_add_nothing_to_a_stored_object(pair: dict[str, Any]) -> None:
    obj = copy.deepcopy(pair["stored"])
    group, _, version = obj["apiVersion"].rpartition("/")
    builtin(Kind(group, version, obj["kind"], "")).default(obj)
    assert obj == pair["stored"]


def test_every_built_in_kind_compiles() -> None:
    assert all(builtin(Kind(*kind, "")).root.type == "object" for kind in components_by_kind())
    assert facts().version == "v1.36.3"
