"""`weir export` against the running suite: what comes out can be applied again."""

from tests.weir_cli.stage import Stage, git_repository

SECRET = (
    "apiVersion: v1\nkind: Secret\nmetadata: {name: creds, namespace: default}\nstringData: {username: a, password: b}"
)


def test_one_object_without_what_only_the_cluster_knows(stage: Stage) -> None:
    expected = f"""---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  labels:
    team: a
  name: app
  namespace: flux-system
spec:
  interval: 10m
  ref:
    branch: main
  timeout: 60s
  url: {stage.url}
"""
    assert stage.weir("export", "source", "git", "app") == (0, expected, "")
    stage.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=expected)


def test_every_source_with_the_secrets_of_all_each_once(stage: Stage) -> None:
    reference = {"secretRef": {"name": "creds"}}
    stage.kubectl("apply", "-f", "-", stdin=SECRET)
    stage.apply(
        *(git_repository(name, "http://127.0.0.1:9/x.git", "default", suspend=True, **reference) for name in "ab"),
        git_repository("c", "http://127.0.0.1:9/x.git", "default", suspend=True, secretRef={"name": "gone"}),
    )
    shown = stage.weir("export", "source", "git", "--all", "--with-credentials", "-n", "default")
    without = stage.weir("export", "source", "git", "--all", "-n", "default")
    stage.kubectl("delete", "gitrepository", "--all", "-n", "default")
    stage.kubectl("delete", "secret", "creds", "-n", "default")
    assert (shown.code, shown.err) == (1, "✗ Secret default/gone does not exist\n")
    kinds = [line.partition(": ")[2] for line in shown.out.splitlines() if line.startswith("kind:")]
    assert kinds == ["GitRepository"] * 3 + ["Secret"]
    assert "  password: Yg==\n" in shown.out
    assert (without.code, without.out.count("---\n"), "Yg==" in without.out) == (0, 3, False)


def test_what_cannot_be_exported(stage: Stage) -> None:
    assert stage.weir("export", "ks", "good", "--with-credentials") == (
        1,
        "",
        "✗ --with-credentials is for sources: name a kind of source\n",
    )
    shown = stage.weir("export", "ks", "nope", "good")
    assert (shown.code, shown.out.count("kind: Kustomization\n")) == (1, 1)
    assert shown.err == (
        "✗ Kustomization object 'nope' not found in \"flux-system\" namespace\n"
        "✗ 1 of 2 kustomization objects do not exist\n"
    )
    assert stage.weir("export", "receiver", "--all").err == '✗ no Receiver objects found in "flux-system" namespace\n'
