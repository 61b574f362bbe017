"""Entries from outside the tree: named all at once, used when given."""

import pytest

from weir import overlay
from weir.overlay.options import Options

K = "kustomization.yaml"
CM = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
REMOTE = (
    b"resources: ['https://example.com/a.yaml', 'github.com/org/repo//path?ref=v1', git@example.com:org/repo, base]"
)


def test_remotes_are_named_all_at_once_and_used_when_given() -> None:
    tree = {K: REMOTE, f"base/{K}": b"resources: ['https://example.com/b.yaml', r.yaml]", "base/r.yaml": CM}
    with pytest.raises(overlay.RemotesNeeded) as caught:
        overlay.build(tree, "")
    assert caught.value.urls == (
        *("https://example.com/a.yaml", "github.com/org/repo//path?ref=v1", "git@example.com:org/repo"),
        "https://example.com/b.yaml",
    )
    repository = {
        f"path/{K}": b"namePrefix: x-\nresources: [../r.yaml, r.yaml]",
        "path/r.yaml": CM,
        K: b"resources: [r.yaml]",
        "r.yaml": CM.replace(b"cm", b"top"),
    }
    remotes: dict[str, dict[str, bytes] | bytes] = {
        "https://example.com/a.yaml": CM.replace(b"cm", b"a"),
        "https://example.com/b.yaml": CM.replace(b"cm", b"b"),
        "github.com/org/repo//path?ref=v1": {**repository, f"path/{K}": b"namePrefix: x-\nresources: [r.yaml]"},
        "git@example.com:org/repo": repository,
    }
    built = overlay.build(tree, "", options=Options(remotes=remotes))
    assert [
        (body["metadata"]["name"], origin.file, origin.remote)
        for body, origin in zip(built.objects, built.origins, strict=True)
    ] == [
        ("a", "https://example.com/a.yaml", "https://example.com/a.yaml"),
        ("b", "https://example.com/b.yaml", "https://example.com/b.yaml"),
        ("cm", "base/r.yaml", ""),
        ("top", "r.yaml", "git@example.com:org/repo"),
        ("x-cm", "path/r.yaml", "github.com/org/repo//path?ref=v1"),
    ]
    assert built.closure.remotes == tuple(sorted(remotes))
    remotes["github.com/org/repo//path?ref=v1"] = repository
    with pytest.raises(overlay.BuildError, match="not in or below path"):
        overlay.build(tree, "", options=Options(remotes=remotes, load_restrictor="none"))
