"""Builds a case with the oracle (`kubectl kustomize`, pinned) and with ours, and compares bytes."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.binaries import need
from weir import overlay

Compare = Callable[[Mapping[str, str]], None]


@pytest.fixture(scope="session")
def kubectl() -> str:
    return need("kubectl")


@pytest.fixture
def same(kubectl: str, tmp_path: Path) -> Compare:
    """Hold a case to the oracle: equal bytes, again from the cache, or both refuse. `@` is the directory to build."""

    def compare(case: Mapping[str, str]) -> None:
        files = {name: text for name, text in case.items() if name != "@"}
        target = case.get("@", ".")
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        expected = subprocess.run(
            [kubectl, "kustomize", target], cwd=folder, capture_output=True, text=True, check=False, timeout=30
        )
        shutil.rmtree(folder)
        tree = {name: text.encode() for name, text in files.items()}
        if expected.returncode:
            with pytest.raises(overlay.BuildError) as caught:
                print(overlay.yaml_text(overlay.build(tree, target)), expected.stderr)  # noqa: T201  shown on failure
            print(caught.value, expected.stderr, sep="\n")  # noqa: T201  shown on failure
            assert caught.value.file or target not in {".", ""}
        else:
            for _ in range(2):
                assert overlay.yaml_text(overlay.build(tree, target)) == expected.stdout

    return compare
