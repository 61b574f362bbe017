"""`weir events` against the running suite."""

from tests.weir_cli.stage import WEIR, Stage, git_repository, lines, watching


def test_of_an_object_and_its_source(stage: Stage) -> None:
    found = lines(stage.weir("events", "--for", "Kustomization/bad").out)
    assert found[0] == ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert {tuple(row[1:4]) for row in found[1:]} >= {
        ("Normal", "NewArtifact", "GitRepository/app"),
        ("Warning", "BuildFailed", "Kustomization/bad"),
    }
    assert {row[3] for row in found[1:]} == {"GitRepository/app", "Kustomization/bad"}


def test_by_type_in_every_namespace(stage: Stage) -> None:
    found = lines(stage.weir("events", "-A", "--types", "warning", "--for", "ks", "--no-header").out)
    assert {(row[0], row[2], row[4]) for row in found} >= {("flux-system", "Warning", "Kustomization/bad")}
    assert {row[2] for row in found} == {"Warning"}


def test_none(stage: Stage) -> None:
    shown = stage.weir("events", "--for", "receiver/x")
    assert shown == (0, "", "✗ No events found in flux-system namespace.\n")


def test_follows(stage: Stage) -> None:
    with watching(stage, [WEIR, "events", "-w", "-n", "default", "--for", "GitRepository/new"]) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("LAST SEEN")
        stage.apply(git_repository("new", stage.url, "default"))
        assert lines(process.stdout.readline())[0][2:4] == ["NewArtifact", "GitRepository/new"]
    stage.kubectl("delete", "gitrepository", "new", "-n", "default")


def test_an_unknown_kind(stage: Stage) -> None:
    assert stage.weir("events", "--for", "Deployment/x") == (
        1,
        "",
        "✗ 'Deployment' is not a recognized toolkit kind\n",
    )
