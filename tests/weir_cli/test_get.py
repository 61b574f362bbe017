"""`weir get` against the running suite: tables whole, and documents that programs read."""

import json

from tests.weir_cli.stage import WEIR, Stage, cause, full, git_repository, lines, short, watching
from weir import yaml


def test_one_table_per_kind(stage: Stage) -> None:
    shown = stage.weir("get", "all", "-A", "--status-selector", "ready!=unknown")
    revision = short(stage)
    stored = f"stored artifact for revision '{revision}'"
    tables = [lines(part) for part in shown.out.split("\n\n")]
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.endswith("\n\n")
    assert tables == [
        [
            ["NAMESPACE", "NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE"],
            ["flux-system", "gitrepository/app", revision, "False", "True", stored],
        ],
        [
            ["NAMESPACE", "NAME", "REVISION", "SUSPENDED", "READY", "MESSAGE"],
            ["flux-system", "kustomization/bad", "", "False", "False", cause(stage)],
            ["flux-system", "kustomization/good", revision, "False", "True", f"Applied revision: {revision}"],
        ],
        [
            ["NAMESPACE", "NAME", "READY", "MESSAGE"],
            ["flux-system", "provider/chat", "True", "Provider is Ready"],
        ],
        [
            ["NAMESPACE", "NAME", "SUSPENDED", "READY", "MESSAGE"],
            ["flux-system", "alert/all", "False", "True", "Alert is Ready"],
        ],
        [],
    ]


def test_a_table_as_it_is_printed(stage: Stage) -> None:
    revision = short(stage)
    assert stage.weir("get", "ks", "-o", "wide", "--status-selector", "ready=true").out == (
        "NAME\tSOURCE                       \tPATH  \tREVISION          \tSUSPENDED\tREADY\tMESSAGE\n"
        f"good\tGitRepository/flux-system/app\t./good\t{revision}\tFalse    \tTrue \tApplied revision: {revision}\n"
    )


def test_without_a_header_and_by_label(stage: Stage) -> None:
    shown = stage.weir("get", "sources", "git", "--no-header", "-l", "team=a")
    assert lines(shown.out) == [
        ["app", short(stage), "False", "True", f"stored artifact for revision '{short(stage)}'"]
    ]


def test_names(stage: Stage) -> None:
    shown = stage.weir("get", "kustomizations", "-o", "name")
    group = "kustomization.kustomize.toolkit.fluxcd.io"
    assert shown.out == f"{group}/bad\n{group}/good\n{group}/slow\n"


def test_json_is_a_list_or_the_named_object(stage: Stage) -> None:
    several = json.loads(stage.weir("get", "all", "-A", "-o", "json").out)
    one = json.loads(stage.weir("get", "ks", "good", "-o", "json").out)
    assert (several["kind"], {item["kind"] for item in several["items"]}) == (
        "List",
        {"GitRepository", "Kustomization", "Provider", "Alert"},
    )
    assert (one["kind"], one["metadata"]["name"], one["status"]["lastAppliedRevision"]) == (
        "Kustomization",
        "good",
        full(stage),
    )
    assert "managedFields" not in one["metadata"]


def test_yaml_can_be_read_back(stage: Stage) -> None:
    found = yaml.load(stage.weir("get", "sources", "git", "app", "-o", "yaml").out)
    assert found["spec"] == {**found["spec"], "url": stage.url, "ref": {"branch": "main"}}


def test_nothing_is_found(stage: Stage) -> None:
    assert stage.weir("get", "receivers") == (1, "", '✗ no Receiver objects found in "flux-system" namespace\n')
    assert stage.weir("get", "ks", "x", "-n", "default") == (
        1,
        "",
        "✗ Kustomization object 'x' not found in \"default\" namespace\n",
    )
    assert stage.weir("get", "all", "-n", "default").err == '✗ no toolkit objects found in "default" namespace\n'


def test_a_watch_goes_on_with_changes(stage: Stage) -> None:
    command = [WEIR, "get", "sources", "git", "-w", "-n", "default"]
    with watching(stage, command) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "NAME\tREVISION\tSUSPENDED\tREADY\tMESSAGE\n"
        stage.apply(git_repository("later", stage.url, "default", suspend=True))
        assert lines(process.stdout.readline()) == [["later", "", "True", "False", "waiting to be reconciled"]]
    stage.kubectl("delete", "gitrepository", "later", "-n", "default")


def test_all_cannot_be_watched(stage: Stage) -> None:
    assert stage.weir("get", "all", "-w") == (1, "", "✗ --watch: expected a single resource type\n")
