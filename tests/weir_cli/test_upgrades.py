"""Manifests that name an API version of old."""

import pytest

from weir_cli.installation.upgrades import upgraded, upgrades

OLD = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\n"
CASES: dict[str, tuple[str, list[str], str]] = {
    "nothing": ("", [], ""),
    "other kinds": ("apiVersion: apps/v1\nkind: Deployment\n", [], "apiVersion: apps/v1\nkind: Deployment\n"),
    "as it is today": (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
        [],
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
    ),
    "newer than today": (
        "apiVersion: notification.toolkit.fluxcd.io/v1\nkind: Alert\n",
        [],
        "apiVersion: notification.toolkit.fluxcd.io/v1\nkind: Alert\n",
    ),
    "one": (
        OLD,
        ["1: GitRepository source.toolkit.fluxcd.io/v1beta2 -> source.toolkit.fluxcd.io/v1"],
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n",
    ),
    "the kind first, far away, quotes, a comment, and lines that end as on Windows": (
        "kind: 'HelmRelease'\r\nmetadata:\r\n  name: a\r\n\r\napiVersion: \"helm.toolkit.fluxcd.io/v2beta1\" # old\r\n",
        ["5: HelmRelease helm.toolkit.fluxcd.io/v2beta1 -> helm.toolkit.fluxcd.io/v2"],
        "kind: 'HelmRelease'\r\nmetadata:\r\n  name: a\r\n\r\napiVersion: \"helm.toolkit.fluxcd.io/v2\" # old\r\n",
    ),
    "several documents": (
        (
            f"{OLD}---\napiVersion: v1\nkind: Secret\n"
            "--- # last\napiVersion: notification.toolkit.fluxcd.io/v1beta1\nkind: Alert\n"
        ),
        [
            "1: GitRepository source.toolkit.fluxcd.io/v1beta2 -> source.toolkit.fluxcd.io/v1",
            "7: Alert notification.toolkit.fluxcd.io/v1beta1 -> notification.toolkit.fluxcd.io/v1beta3",
        ],
        (
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n---\napiVersion: v1\nkind: Secret\n"
            "--- # last\napiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\n"
        ),
    ),
    "items of a list, and references": (
        (
            "healthChecks:\n"
            "  - apiVersion: helm.toolkit.fluxcd.io/v2beta2\n    kind: HelmRelease\n    name: a\n"
            "  - kind: Bucket\n    name: b\n    apiVersion: source.toolkit.fluxcd.io/v1beta2\n"
            "  - kind: Other\n    apiVersion: source.toolkit.fluxcd.io/v1beta2\n"
        ),
        [
            "2: HelmRelease helm.toolkit.fluxcd.io/v2beta2 -> helm.toolkit.fluxcd.io/v2",
            "7: Bucket source.toolkit.fluxcd.io/v1beta2 -> source.toolkit.fluxcd.io/v1",
        ],
        (
            "healthChecks:\n"
            "  - apiVersion: helm.toolkit.fluxcd.io/v2\n    kind: HelmRelease\n    name: a\n"
            "  - kind: Bucket\n    name: b\n    apiVersion: source.toolkit.fluxcd.io/v1\n"
            "  - kind: Other\n    apiVersion: source.toolkit.fluxcd.io/v1beta2\n"
        ),
    ),
    "a patch in a text, and a kind of another mapping": (
        (
            "patches:\n  - patch: |\n      apiVersion: source.toolkit.fluxcd.io/v1beta1\n      kind: HelmRepository\n"
            "    target:\n      kind: HelmRepository\n"
            "---\napiVersion: source.toolkit.fluxcd.io/v1beta1\nspec:\n  kind: Bucket\n"
        ),
        ["3: HelmRepository source.toolkit.fluxcd.io/v1beta1 -> source.toolkit.fluxcd.io/v1"],
        (
            "patches:\n  - patch: |\n      apiVersion: source.toolkit.fluxcd.io/v1\n      kind: HelmRepository\n"
            "    target:\n      kind: HelmRepository\n"
            "---\napiVersion: source.toolkit.fluxcd.io/v1beta1\nspec:\n  kind: Bucket\n"
        ),
    ),
    "in braces, two on a line": (
        (
            "- {apiVersion: source.toolkit.fluxcd.io/v1beta2, kind: Bucket, name: a}, "
            '{kind: "Bucket", apiVersion: "source.toolkit.fluxcd.io/v1beta1"}'
        ),
        [
            "1: Bucket source.toolkit.fluxcd.io/v1beta2 -> source.toolkit.fluxcd.io/v1",
            "1: Bucket source.toolkit.fluxcd.io/v1beta1 -> source.toolkit.fluxcd.io/v1",
        ],
        (
            "- {apiVersion: source.toolkit.fluxcd.io/v1, kind: Bucket, name: a}, "
            '{kind: "Bucket", apiVersion: "source.toolkit.fluxcd.io/v1"}'
        ),
    ),
    "a template": (
        "{{- if .Values.git }}\n" + OLD + 'metadata:\n  {{- include "labels" . | nindent 2 }}\n{{- end }}\n',
        ["2: GitRepository source.toolkit.fluxcd.io/v1beta2 -> source.toolkit.fluxcd.io/v1"],
        (
            "{{- if .Values.git }}\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
            'metadata:\n  {{- include "labels" . | nindent 2 }}\n{{- end }}\n'
        ),
    ),
}


@pytest.mark.parametrize(("text", "lines", "result"), CASES.values(), ids=CASES.keys())
def test_versions_are_found_and_changed_and_nothing_else(text: str, lines: list[str], result: str) -> None:
    found = upgrades(text)
    assert [f"{each.line}: {each.text}" for each in found] == lines
    assert upgraded(text, found) == result
    assert upgrades(result) == []


def test_for_an_older_flux() -> None:
    text = "apiVersion: image.toolkit.fluxcd.io/v1beta1\nkind: ImagePolicy\n"
    assert upgraded(text, upgrades(text, "2.6")) == "apiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImagePolicy\n"
    assert upgraded(text, upgrades(text)) == "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\n"
