"""`weir create`: what it makes becomes ready in the running suite; what cannot be is refused by name."""

import pytest

from tests.weir_cli.stage import Stage, full, weir

URL = ("--url", "https://example.com/a.git")
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: hook, namespace: default}\nstringData: {token: t}"

REFUSED = {
    "a kind to come": (("source", "oci", "a"), "source oci: that kind is not served yet; there is source git"),
    "another": (("helmrelease", "a"), "helmrelease: that kind is not served yet; `weir create --help` lists what is"),
    "no address": (("source", "git", "a"), "--url is needed: the address of the repository"),
    "a name that is none": (
        ("source", "git", "A", *URL),
        "'A' is no name: up to 63 lower case letters, digits and '-'",
    ),
    "two references": (
        ("source", "git", "a", *URL, "--branch", "b", "--tag", "t"),
        "give one of --branch, --tag, --tag-semver, --ref-name and --commit",
    ),
    "submodules": (
        ("source", "git", "a", *URL, "--recurse-submodules"),
        ("--recurse-submodules: submodules are not fetched yet; make a GitRepository of each and use spec.include"),
    ),
    "a password": (
        ("source", "git", "a", *URL, "-p", "hunter2"),
        "--password: make the Secret by `weir create secret git` and name it by --secret-ref",
    ),
    "a duration that is none": (
        ("source", "git", "a", *URL, "--interval", "5"),
        "--interval: '5' is not a duration: write a number with a unit, such as 30s, 5m or 1h30m",
    ),
    "a label that is none": (("source", "git", "a", *URL, "--label", "x"), "--label 'x': expected key=value"),
    "a source to come": (
        ("kustomization", "a", "--source", "OCIRepository/x"),
        "--source 'OCIRepository/x': there is no OCIRepository yet; use one of GitRepository, ExternalArtifact",
    ),
    "decryption": (
        ("ks", "a", "--source", "x", "--decryption-provider", "sops"),
        "--decryption-provider: encrypted manifests are not decrypted yet; keep such Secrets out of this path",
    ),
    "a health check that is none": (
        ("ks", "a", "--source", "x", "--health-check", "Deployment/x"),
        (
            "--health-check 'Deployment/x': expected Kind/name.namespace, "
            "with one of Deployment, DaemonSet, StatefulSet, HelmRelease"
        ),
    ),
    "a receiver to come": (
        ("receiver", "a", "--type", "harbor"),
        "--type harbor: that is not served yet; use one of generic, generic-hmac, github, gitlab",
    ),
    "a kind that is none": (
        ("alert", "a", "--provider-ref", "x", "--event-source", "Nope/*"),
        "Invalid enum value 'Nope' - at `$.spec.eventSources[0].kind`",
    ),
}

EXPORTED = """---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  labels:
    team: a
    tier: web
  name: apps
  namespace: team-a
spec:
  dependsOn:
  - name: infra
    namespace: flux-system
  healthChecks:
  - apiVersion: apps/v1
    kind: Deployment
    name: web
    namespace: default
  interval: 1m
  path: ./apps
  prune: true
  serviceAccountName: deployer
  sourceRef:
    kind: GitRepository
    name: fleet
    namespace: flux-system
  timeout: 2m
"""


@pytest.mark.parametrize(("words", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_by_name(words: tuple[str, ...], text: str) -> None:
    assert weir("create", *words) == (1, "", f"✗ {text}\n")


def test_a_manifest_without_a_cluster() -> None:
    words = "ks apps --source fleet.flux-system --path ./apps --prune --depends-on flux-system/infra"
    rest = "--health-check Deployment/web.default --service-account deployer --label team=a,tier=web -n team-a --export"
    assert weir("create", *words.split(), *rest.split()) == (0, EXPORTED, "")


def test_from_source_to_webhook(stage: Stage) -> None:
    here = ("-n", "default")
    made = stage.weir("create", "source", "git", "mine", "--url", stage.url, "--branch", "main", *here)
    assert made == (
        0,
        "",
        (
            "✚ generating source git\n"
            "► applying GitRepository mine\n"
            "✔ GitRepository mine created\n"
            "◎ waiting for GitRepository mine reconciliation\n"
            "✔ GitRepository mine is ready\n"
            f"✔ fetched revision {full(stage)}\n"
        ),
    )
    applied = stage.weir("create", "ks", "mine", "--source", "mine", "--path", "./good", "--label", "a=b", *here)
    assert (applied.code, applied.err.splitlines()[-1]) == (0, f"✔ applied revision {full(stage)}")
    failed = stage.weir("create", "ks", "mine", "--source", "mine", "--path", "./bad", *here)
    assert (failed.code, "✔ Kustomization mine updated" in failed.err, "missing.yaml" in failed.err) == (1, True, True)
    assert '"a":"b"' in stage.kubectl("get", "ks", "mine", *here, "-o", "jsonpath={.metadata.labels}")
    stage.kubectl("apply", "-f", "-", stdin=SECRET)
    hook = stage.weir(
        "create",
        "receiver",
        "mine",
        "--type",
        "github",
        "--secret-ref",
        "hook",
        "--resource",
        "GitRepository/mine",
        *here,
    )
    assert (hook.code, hook.err.splitlines()[-1].partition("/hook/")[0]) == (0, "✔ generated webhook URL path ")
    provider = stage.weir("create", "alert-provider", "mine", "--type", "slack", "--secret-ref", "hook", *here)
    assert provider == (
        0,
        "",
        "✚ generating alert provider\n► applying Provider mine\n✔ Provider mine created\n",
    )
    told = stage.weir("create", "alert", "mine", "--provider-ref", "mine", "--event-source", "ks/*", *here)
    assert told.code == 0, told.err
    for kind in ("ks", "receiver", "alert", "alert-provider", "gitrepo"):
        assert stage.weir("delete", kind, "mine", "--silent", *here).code == 0
    stage.kubectl("delete", "secret", "hook", *here)
