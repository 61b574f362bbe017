"""Patches of every type, and their errors."""

from typing import Any

from tests.conformance.api.steps import (
    JSON_PATCH,
    MERGE,
    STRATEGIC,
    Case,
    body,
    case,
    config,
    patch,
    post,
    widget,
)

_SERVICE = body(
    "v1",
    "Service",
    "a",
    spec={"clusterIP": "None", "selector": {"a": "b"}, "ports": [{"name": "x", "port": 80}, {"name": "y", "port": 81}]},
)


def _json(*operations: tuple[Any, ...]) -> list[dict[str, Any]]:
    names = ("op", "path", "value")
    return [dict(zip(names, each, strict=False)) for each in operations]


def _both(patch_body: Any, media: str = JSON_PATCH) -> Case:
    return case(
        post("configmaps", config(data={"a": "1"}, meta={"labels": {"x/y": "z"}})),
        patch("configmaps/a", patch_body, media),
    )


CASES: dict[str, Case] = {
    "a merge patch adds, changes and removes": _both(
        {"data": {"a": None, "b": "2"}, "metadata": {"labels": None}}, MERGE
    ),
    "a merge patch that is a list": _both([], MERGE),
    "a merge patch that is no JSON": _both(b"{", MERGE),
    "a merge patch that is empty": _both(b"", MERGE),
    "a merge patch of a wrong type": _both({"data": {"a": 1}}, MERGE),
    "a merge patch of data with a text": _both({"data": "x"}, MERGE),
    "a JSON patch adds, replaces, removes": _both(
        _json(("add", "/data/b", "2"), ("replace", "/data/a", "3"), ("remove", "/metadata/labels"))
    ),
    "a JSON patch tests": _both(_json(("test", "/data/a", "1"), ("add", "/data/b", "2"))),
    "a JSON patch whose test fails": _both(_json(("test", "/data/a", "2"))),
    "a JSON patch whose test is of what is missing": _both(_json(("test", "/data/z", "2"))),
    "a JSON patch that removes what is missing": _both(_json(("remove", "/data/z"))),
    "a JSON patch that replaces what is missing": _both(_json(("replace", "/data/z", "1"))),
    "a JSON patch into what is missing": _both(_json(("add", "/none/z", "1"))),
    "a JSON patch with an escaped path": _both(_json(("replace", "/metadata/labels/x~1y", "1"))),
    "a JSON patch moves and copies": _both(
        [{"op": "move", "from": "/data/a", "path": "/data/b"}, {"op": "copy", "from": "/data/b", "path": "/data/c"}]
    ),
    "a JSON patch of an unknown operation": _both(_json(("change", "/data/a", "1"))),
    "a JSON patch that is an object": _both({"data": {}}),
    "a JSON patch that is no JSON": _both(b"["),
    "a JSON patch that is empty": _both(b"[]"),
    "a JSON patch without a path": _both([{"op": "add", "value": 1}]),
    "a JSON patch of the whole": _both(_json(("replace", "", {"a": 1}))),
    "a JSON patch into a list": case(
        post("services", _SERVICE),
        patch("services/a", _json(("add", "/spec/ports/-", {"name": "z", "port": 82})), JSON_PATCH),
        patch("services/a", _json(("add", "/spec/ports/0", {"name": "zz", "port": 83})), JSON_PATCH),
        patch("services/a", _json(("remove", "/spec/ports/9")), JSON_PATCH),
        patch("services/a", _json(("remove", "/spec/ports/x")), JSON_PATCH),
    ),
    "a strategic patch merges by key": case(
        post("services", _SERVICE),
        patch(
            "services/a", {"spec": {"ports": [{"port": 80, "targetPort": 8080}, {"name": "z", "port": 82}]}}, STRATEGIC
        ),
    ),
    "a strategic patch deletes by key": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"ports": [{"$patch": "delete", "port": 80}]}}, STRATEGIC),
    ),
    "a strategic patch replaces a list": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"ports": [{"$patch": "replace"}, {"name": "z", "port": 82}]}}, STRATEGIC),
    ),
    "a strategic patch replaces a map": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"selector": {"$patch": "replace", "c": "d"}}}, STRATEGIC),
    ),
    "a strategic patch retains keys": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"$retainKeys": ["ports", "clusterIP"], "ports": [{"port": 80}]}}, STRATEGIC),
    ),
    "a strategic patch orders elements": case(
        post("services", _SERVICE),
        patch(
            "services/a",
            {
                "spec": {
                    "$setElementOrder/ports": [{"port": 81}, {"port": 80}],
                    "ports": [{"port": 80, "targetPort": 1}],
                }
            },
            STRATEGIC,
        ),
    ),
    "a strategic patch without the key": case(
        post("services", _SERVICE), patch("services/a", {"spec": {"ports": [{"name": "x"}]}}, STRATEGIC)
    ),
    "a strategic patch of finalizers": case(
        post("configmaps", config(meta={"finalizers": ["example.com/a"]})),
        patch("configmaps/a", {"metadata": {"finalizers": ["example.com/b"]}}, STRATEGIC),
        patch("configmaps/a", {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a"]}}, STRATEGIC),
        patch("configmaps/a", {"metadata": {"finalizers": None}}, STRATEGIC),
    ),
    "a strategic patch with an unknown directive": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"ports": [{"$patch": "sometimes", "port": 80}]}}, STRATEGIC),
    ),
    "a strategic patch with a wrong type": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"ports": {"a": "b"}}}, STRATEGIC),
        patch("services/a", {"spec": {"ports": [1]}}, STRATEGIC),
        patch("services/a", {"spec": "x"}, STRATEGIC),
    ),
    "a strategic patch of an unknown field": case(
        post("services", _SERVICE),
        patch("services/a", {"spec": {"portz": []}}, STRATEGIC),
        patch("services/a?fieldValidation=Strict", {"spec": {"portz": []}}, STRATEGIC),
        patch("services/a?fieldValidation=Ignore", {"spec": {"portz": []}}, STRATEGIC),
    ),
    "a strategic patch of a custom resource": case(
        post("widgets", widget(spec={"size": 1})), patch("widgets/a", {"spec": {"size": 2}}, STRATEGIC)
    ),
    "a patch of an unknown type": case(
        post("configmaps", config()),
        patch("configmaps/a", {}, "application/json"),
        patch("configmaps/a", {}, "text/plain"),
        patch("widgets/none", {}, "application/json"),
    ),
    "a patch with a charset": _both({"data": {"a": "2"}}, f"{MERGE}; charset=utf-8"),
    "a patch with an old resource version": case(
        post("configmaps", config()),
        patch("configmaps/a", {"data": {"a": "1"}}),
        patch("configmaps/a", {"data": {"a": "2"}, "metadata": {"resourceVersion": "$0.metadata.resourceVersion"}}),
    ),
    "a patch of a custom resource with an old resource version": case(
        post("widgets", widget(spec={"size": 1})),
        patch("widgets/a", {"spec": {"size": 2}}),
        patch("widgets/a", {"spec": {"size": 3}, "metadata": {"resourceVersion": "$0.metadata.resourceVersion"}}),
    ),
}
