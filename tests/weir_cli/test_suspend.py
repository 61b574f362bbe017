"""`weir suspend` and `weir resume` against the running suite."""

from tests.weir_cli.stage import Stage, cause, full, git_repository, kustomization, lines


def test_suspended_refused_resumed(stage: Stage) -> None:
    namespace = "flux-system"
    assert stage.weir("suspend", "ks", "good") == (
        0,
        "",
        "► suspending kustomization good in flux-system namespace\n✔ kustomization suspended\n",
    )
    assert lines(stage.weir("get", "ks", "good", "--no-header").out)[0][2] == "True"
    assert stage.weir("reconcile", "ks", "good") == (
        1,
        "",
        f"✗ resource is suspended: `weir resume kustomization good -n {namespace}` lets it go on\n",
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


def test_several_names_one_of_them_wrong(stage: Stage) -> None:
    assert stage.weir("suspend", "alert", "nope", "all") == (
        1,
        "",
        (
            "► suspending alert nope in flux-system namespace\n"
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
