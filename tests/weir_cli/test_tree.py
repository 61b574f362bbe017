"""`weir tree` against the running suite, and drawn from nodes."""

import json

from tests.weir_cli.stage import Stage, kustomization
from weir import yaml
from weir_cli.tree import Node, drawing

_GROUP = "kustomize.toolkit.fluxcd.io"


def test_branches_are_drawn() -> None:
    nested = Node(
        _GROUP,
        "Kustomization",
        "a",
        "nested",
        "Current",
        "fine",
        (Node("", "ConfigMap", "a", "one", "Current"), Node("", "Namespace", "", "two", "NotFound")),
    )
    root = Node(_GROUP, "Kustomization", "a", "root", "Failed", "build\nfailed", (nested, nested), "suspended")
    assert drawing(root).splitlines() == [
        "Kustomization/a/root  Failed (build failed; suspended)",
        "├── Kustomization/a/nested  Current",
        "│   ├── ConfigMap/a/one  Current",
        "│   └── Namespace/two  NotFound",
        "└── Kustomization/a/nested  Current",
        "    ├── ConfigMap/a/one  Current",
        "    └── Namespace/two  NotFound",
    ]


def test_what_has_been_applied_and_how_it_is(stage: Stage) -> None:
    shown = stage.weir("tree", "kustomization", "good")
    assert shown == (0, "Kustomization/flux-system/good  Current\n└── ConfigMap/default/hello  Current\n", "")
    slow = stage.weir("tree", "ks", "slow").out.splitlines()
    assert (len(slow), slow[1].startswith("└── Deployment/default/web  InProgress (")) == (2, True)


def test_compact_leaves_out_what_is_not_of_the_toolkit(stage: Stage) -> None:
    assert stage.weir("tree", "ks", "good", "--compact").out == "Kustomization/flux-system/good  Current\n"


def test_down_through_kustomizations_and_never_in_a_circle(stage: Stage) -> None:
    entries = [
        f"flux-system_good_{_GROUP}_Kustomization",
        f"default_outer_{_GROUP}_Kustomization",
        "default_none__ConfigMap",
    ]
    inventory = {"entries": [{"id": entry, "v": "v1"} for entry in entries]}
    stage.apply(kustomization("outer", "default", suspend=True, prune=False))
    where = ["kustomization", "outer", "-n", "default"]
    patch = json.dumps({"status": {"observedGeneration": 1, "inventory": inventory}})
    stage.kubectl("patch", *where, "--subresource=status", "--type=merge", "-p", patch)
    shown = stage.weir("tree", *where)
    stage.kubectl("delete", *where)
    assert shown.out.splitlines() == [
        "Kustomization/default/outer  Current (suspended)",
        "├── Kustomization/flux-system/good  Current",
        "│   └── ConfigMap/default/hello  Current",
        "├── Kustomization/default/outer  Current (shown above)",
        "└── ConfigMap/default/none  NotFound",
    ]


def test_documents(stage: Stage) -> None:
    found = json.loads(stage.weir("tree", "ks", "good", "-o", "json").out)
    assert yaml.load(stage.weir("tree", "ks", "good", "-o", "yaml").out) == found
    assert (found["resource"], found["resources"]) == (
        {"Namespace": "flux-system", "Name": "good", "GroupKind": {"Group": _GROUP, "Kind": "Kustomization"}},
        [
            {
                "resource": {"Namespace": "default", "Name": "hello", "GroupKind": {"Group": "", "Kind": "ConfigMap"}},
                "health": {"status": "Current", "message": "exists"},
            }
        ],
    )


def test_errors_say_what_to_do(stage: Stage) -> None:
    assert stage.weir("tree", "ks", "none") == (
        1,
        "",
        "✗ Kustomization object 'none' not found in \"flux-system\" namespace\n",
    )
    assert stage.weir("tree", "source", "git", "app").err == (
        "✗ give one Kustomization: weir tree kustomization NAME\n"
    )
