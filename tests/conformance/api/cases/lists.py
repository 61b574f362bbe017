"""Lists, pages, selectors."""

from tests.conformance.api.steps import (
    Call,
    Case,
    body,
    case,
    config,
    delete,
    get,
    patch,
    post,
    widget,
)


def _three() -> tuple[Call, ...]:
    labels = ({"app": "a", "tier": "front"}, {"app": "b", "n": "5"}, {"app": "c", "tier": "back"})
    return tuple(
        post("configmaps", config(name, meta={"labels": {**each, "all": "yes"}}))
        for name, each in zip("abc", labels, strict=True)
    )


def _selected(selector: str) -> Case:
    return case(*_three(), get(f"configmaps?labelSelector={selector}"))


CASES: dict[str, Case] = {
    "a list of what there is": case(*_three(), get("configmaps?labelSelector=all")),
    "a list of custom resources": case(post("widgets", widget(spec={"size": 1})), get("widgets")),
    "a list of nothing": case(get("widgets"), get("secrets"), get("deployments")),
    "a list in pages": case(
        *_three(),
        get("configmaps?labelSelector=all&limit=2"),
        get("configmaps?labelSelector=all&limit=2&continue=$3.metadata.continue"),
    ),
    "a list in pages without a selector": case(
        *(post("secrets", body("v1", "Secret", name)) for name in "abcde"),
        get("secrets?limit=2"),
        get("secrets?limit=2&continue=$5.metadata.continue"),
        get("secrets?limit=2&continue=$6.metadata.continue"),
    ),
    "a page that keeps its moment": case(
        *_three(),
        get("configmaps?labelSelector=all&limit=1"),
        delete("configmaps/b"),
        patch("configmaps/c", {"data": {"later": "x"}}),
        get("configmaps?labelSelector=all&continue=$3.metadata.continue"),
    ),
    "a continue token that is none": case(
        get("configmaps?continue=x"),
        get("configmaps?limit=1&continue=e30"),
        get("configmaps?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ"),
    ),
    "a continue token with a resource version": case(
        *_three(), get("configmaps?limit=1"), get("configmaps?limit=1&resourceVersion=1&continue=$3.metadata.continue")
    ),
    "a continue token that is expired": case(
        get("secrets?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhXHUwMDAwIn0")
    ),
    "a limit that is none": case(
        get("secrets?limit=x"),
        get("secrets?limit=-1"),
        get("secrets?timeoutSeconds=x"),
        get("secrets?watch=maybe&timeoutSeconds=1"),
    ),
    "a list at a resource version": case(
        *_three(),
        get("configmaps?labelSelector=all&resourceVersion=$1.metadata.resourceVersion"),
        get("configmaps?labelSelector=all&resourceVersion=0"),
    ),
    "a list at exactly a resource version": case(
        *_three(),
        get("configmaps?labelSelector=all&resourceVersion=$1.metadata.resourceVersion&resourceVersionMatch=Exact"),
    ),
    "a list not older than a resource version": case(
        *_three(),
        get(
            "configmaps?labelSelector=all&resourceVersion=$1.metadata.resourceVersion&resourceVersionMatch=NotOlderThan"
        ),
    ),
    "a match without a resource version": case(
        get("secrets?resourceVersionMatch=Exact"),
        get("secrets?resourceVersionMatch=Sometimes&resourceVersion=1"),
        get("secrets?resourceVersion=0&resourceVersionMatch=Exact"),
    ),
    "a match with a continue token": case(
        *_three(),
        get("configmaps?limit=1"),
        get("configmaps?limit=1&continue=$3.metadata.continue&resourceVersionMatch=Exact"),
    ),
    "a resource version that is none": case(
        get("secrets?resourceVersion=abc"), get("secrets?resourceVersion=-1"), get("secrets/x?resourceVersion=abc")
    ),
    "a resource version of the future": case(
        get("secrets?resourceVersion=999999999"), get("secrets?resourceVersion=999999999&resourceVersionMatch=Exact")
    ),
    "sendInitialEvents on a list": case(
        get("secrets?sendInitialEvents=true"), get("secrets?sendInitialEvents=true&resourceVersionMatch=NotOlderThan")
    ),
    "labels: equal": _selected("app%3Da"),
    "labels: double equal and unequal": _selected("all%3D%3Dyes,app!%3Da"),
    "labels: one of": _selected("app+in+(a,c)"),
    "labels: none of": _selected("all,app+notin+(a,c)"),
    "labels: there or not": _selected("tier,all"),
    "labels: not there": _selected("!tier,all"),
    "labels: more than": _selected("n>4"),
    "labels: less than": _selected("n<4"),
    "labels that cannot be read": case(
        get("secrets?labelSelector=a+b"),
        get("secrets?labelSelector=,"),
        get("secrets?labelSelector=a+in+b"),
        get("secrets?labelSelector=a+in+(b"),
        get("secrets?labelSelector=a%3D%3D%3Db"),
    ),
    "labels that are not allowed": case(
        get("secrets?labelSelector=a%3Db+c"),
        get("secrets?labelSelector=-a"),
        get("secrets?labelSelector=a%3D" + "x" * 64),
        get("secrets?labelSelector=a>b"),
    ),
    "fields: name and namespace": case(
        *_three(),
        get("configmaps?fieldSelector=metadata.name%3Db"),
        get("/api/v1/configmaps?fieldSelector=metadata.namespace%3D{ns},metadata.name%3Da"),
        get("configmaps?labelSelector=all&fieldSelector=metadata.name!%3Db"),
    ),
    "fields that cannot be selected": case(
        get("configmaps?fieldSelector=data.a%3Db"),
        get("pods?fieldSelector=spec.x%3Db"),
        get("widgets?fieldSelector=spec.on%3Dtrue"),
        get("deployments?fieldSelector=spec.replicas%3D1"),
    ),
    "fields that cannot be read": case(
        get("configmaps?fieldSelector=x"), get("configmaps?fieldSelector=metadata.name")
    ),
    "fields of a custom resource": case(
        post("widgets", widget(spec={"size": 1, "color": "green"})),
        post("widgets", widget("b", spec={"size": 2})),
        get("widgets?fieldSelector=spec.color%3Dgreen"),
        get("widgets?fieldSelector=spec.size%3D2"),
        get("widgets?fieldSelector=spec.color!%3Dgreen,spec.size%3D1"),
    ),
    "fields of a secret and a pod": case(
        post("secrets", body("v1", "Secret", "a", type="x/y")),
        get("secrets?fieldSelector=type%3Dx/y"),
        get("pods?fieldSelector=status.phase%3DPending,spec.nodeName%3D"),
        get("/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}"),
    ),
}
