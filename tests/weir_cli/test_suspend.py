"""`weir suspend` and `weir resume` against the running suite."""

from tests.weir_cli.stage import Stage, cause, full, git_repository, kustomization, lines


def test_suspended_refused_resumed(stage: Stage) -> None:
    namespace = "flux-system"
    assert stage.weir("suspend", "ks", "good", "--reason", "a talk") == (
        0,
        "",
        "► suspending kustomization good in flux-system namespace\n✔ kustomization suspended\n",
    )
    assert lines(stage.weir("get", "ks", "good", "--no-header").out)[0][2] == "True"
    assert stage.weir("reconcile", "ks", "good") == (
        1,
        "",
        f"✗ resource is suspended (a talk): `weir resume kustomization good -n {namespace}` lets it go on\n",
    )
    assert stage.weir("resume", "ks", "good") == (
        0,
        "",
        (
            "► resuming kustomization good in flux-system namespace\n"
            "✔ kustomization resumed\n"
            "◎ waiting for Kustomization good reconciliation\n"
            "✔ Kustomization good reconciliation completed\n"
            f"✔ applied revision {full(stage)}\n"
        ),
    )


def test_by_labels_in_every_namespace(stage: Stage) -> None:
    words = ("all", "-A", "-l", "team=z")
    source = git_repository("zed", stage.url, "default")
    source["metadata"]["labels"] = {"team": "z"}
    stage.apply(source)
    shown = stage.weir("suspend", *words)
    left_out = stage.weir("reconcile", *words)
    going = stage.weir("resume", *words, "--wait")
    again = stage.weir("reconcile", *words, "--status-selector", "ready=true")
    stage.kubectl("delete", "gitrepository", "zed", "-n", "default")
    assert shown == (0, "", "► suspending source git zed in default namespace\n✔ source git suspended\n")
    assert left_out == (
        0,
        "",
        ("⚠️ GitRepository zed: resource is suspended: `weir resume source git zed -n default` lets it go on\n"),
    )
    assert (going.code, going.err.splitlines()[-1]) == (0, f"✔ fetched revision {full(stage)}")
    assert (again.code, again.err.splitlines()[-1]) == (0, f"✔ fetched revision {full(stage)}")
    assert stage.weir("reconcile", *words).err == "✗ no objects that are so found in any namespace\n"


def test_several_names_one_of_them_wrong(stage: Stage) -> None:
    assert stage.weir("suspend", "alert", "nope", "all") == (
        1,
        "",
        (
            "✗ Alert object 'nope' not found in \"flux-system\" namespace\n"
            "► suspending alert all in flux-system namespace\n"
            "✔ alert suspended\n"
            "✗ 1 of 2 alert objects do not exist\n"
        ),
    )
    assert stage.weir("resume", "alert", "--all") == (
        0,
        "",
        "► resuming alert all in flux-system namespace\n✔ alert resumed\n",
    )


def test_waiting_for_all_of_them_names_the_failures(stage: Stage) -> None:
    stage.apply(kustomization("bad", "default", source="app"), git_repository("app", stage.url, "default"))
    stage.weir("suspend", "ks", "--all", "-n", "default")
    shown = stage.weir("resume", "ks", "--all", "--wait", "-n", "default")
    stage.kubectl("delete", "kustomization,gitrepository", "--all", "-n", "default")
    assert (shown.code, shown.err.splitlines()[-1]) == (
        1,
        f"✗ Kustomization reconciliation failed: '{cause(stage)}'",
    )
