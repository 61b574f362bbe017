"""Watches: from where, of what, with which options."""

from tests.conformance.api.steps import (
    PARTIAL,
    TABLE,
    Case,
    Events,
    case,
    config,
    delete,
    get,
    patch,
    post,
    watch,
    widget,
)

_X = {"labels": {"x": "1"}}


CASES: dict[str, Case] = {
    "a watch from a list": case(
        get("configmaps?labelSelector=x"),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        post("configmaps", config(meta=_X)),
        patch("configmaps/a", {"data": {"k": "v"}}),
        delete("configmaps/a"),
        Events(1, 3),
    ),
    "a watch from an object's version": case(
        post("configmaps", config(meta=_X)),
        patch("configmaps/a", {"data": {"k": "v"}}),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        Events(2, 1),
    ),
    "a watch from the start": case(
        post("configmaps", config("b", meta=_X)),
        post("configmaps", config("a", meta=_X)),
        watch("configmaps", "&labelSelector=x"),
        post("configmaps", config("c", meta=_X)),
        Events(2, 3),
    ),
    "a watch from revision 0": case(
        post("configmaps", config("a", meta=_X)),
        watch("configmaps", "&labelSelector=x&resourceVersion=0"),
        post("configmaps", config("c", meta=_X)),
        Events(1, 2),
    ),
    "a watch: objects join and leave a selector": case(
        post("configmaps", config()),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        patch("configmaps/a", {"metadata": {"labels": {"x": "1"}}}),
        patch("configmaps/a", {"metadata": {"labels": {"x": "2"}}}),
        patch("configmaps/a", {"metadata": {"labels": {"x": None}}}),
        Events(1, 3),
    ),
    "a watch of one name": case(
        post("configmaps", config()),
        watch("configmaps/a", "&resourceVersion=$0.metadata.resourceVersion"),
        post("configmaps", config("b")),
        patch("configmaps/a", {"data": {"k": "v"}}),
        Events(1, 1),
    ),
    "a watch by field": case(
        post("configmaps", config()),
        watch("configmaps", "&fieldSelector=metadata.name%3Db&resourceVersion=$0.metadata.resourceVersion"),
        patch("configmaps/a", {"data": {"k": "v"}}),
        post("configmaps", config("b")),
        Events(1, 1),
    ),
    "a watch of custom resources": case(
        post("widgets", widget(spec={"size": 1})),
        watch("widgets", "&resourceVersion=$0.metadata.resourceVersion"),
        patch("widgets/a/status", {"status": {"phase": "x"}}),
        delete("widgets/a"),
        Events(1, 2),
    ),
    "a watch of a finalized object": case(
        post("configmaps", config(meta={**_X, "finalizers": ["example.com/a"]})),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        delete("configmaps/a"),
        patch("configmaps/a", {"metadata": {"finalizers": None}}),
        Events(1, 2),
    ),
    "a watch with initial events and a bookmark at their end": case(
        post("configmaps", config(meta=_X)),
        watch(
            "configmaps",
            "&labelSelector=x&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan",
        ),
        Events(1, 2),
        post("configmaps", config("b", meta=_X)),
        Events(1, 1),
    ),
    "a watch with initial events of custom resources": case(
        post("widgets", widget(spec={"size": 1})),
        watch(
            "widgets",
            "&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=$0.metadata.resourceVersion",
        ),
        Events(1, 2),
    ),
    "a watch that wants no initial events": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x&sendInitialEvents=false&resourceVersionMatch=NotOlderThan"),
        post("configmaps", config("b", meta=_X)),
        Events(1, 1),
    ),
    "a watch with wrong options": case(
        get("configmaps?watch=1&sendInitialEvents=true"),
        get("configmaps?watch=1&resourceVersionMatch=NotOlderThan"),
        get("configmaps?watch=1&sendInitialEvents=true&resourceVersionMatch=Exact"),
        get("configmaps?watch=1&resourceVersion=abc"),
        get("configmaps?watch=1&sendInitialEvents=maybe"),
    ),
    "a watch that sends initial events without bookmarks": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"),
        Events(1, 1),
    ),
    "a watch from the future": case(get("configmaps?watch=1&timeoutSeconds=1&resourceVersion=999999999")),
    "a watch that ends": case(watch("configmaps", "&labelSelector=none&timeoutSeconds=1"), Events(0, 1)),
    "a watch of tables": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x", TABLE),
        patch("configmaps/a", {"data": {"k": "v"}}),
        Events(1, 2),
    ),
    "a watch of metadata alone": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x", PARTIAL),
        patch("configmaps/a", {"data": {"k": "v"}}),
        delete("configmaps/a"),
        Events(1, 3),
    ),
    "a watch of metadata with bookmarks": case(
        post("widgets", widget(spec={"size": 1})),
        watch("widgets", "&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan", PARTIAL),
        Events(1, 2),
    ),
}
