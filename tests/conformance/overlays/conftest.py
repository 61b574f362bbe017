"""Builds a case with the oracle (`kubectl kustomize`, pinned) and with ours, and compares bytes."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.binaries import need
from weir import overlay

Files = Mapping[str, str]
Compare = Callable[[Files], None]
K = "kustomization.yaml"
NUMBER = "NUMBER"
"""Stands in a random case for its number, so that many fit into one build."""


_QUICK = {**os.environ, "GOGC": "off", "GOMEMLIMIT": "1GiB"}
"""A process this short need not collect: that is a third of its time."""


@pytest.fixture(scope="session")
def kubectl() -> str:
    return need("kubectl")


def oracle(kubectl: str, files: Files, target: str, where: Path) -> subprocess.CompletedProcess[str]:
    """What the oracle says to a tree."""
    folder = Path(tempfile.mkdtemp(dir=where))
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    command = [kubectl, "kustomize", target]
    done = subprocess.run(
        command, cwd=folder, env=_QUICK, capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    shutil.rmtree(folder)
    return done


@pytest.fixture
def same(kubectl: str, tmp_path: Path) -> Compare:
    """Hold a case to the oracle: equal bytes, again from the cache, or both refuse. `@` is the directory to build."""

    def compare(case: Files) -> None:
        files = {name: text for name, text in case.items() if name != "@"}
        target = case.get("@", ".")
        expected = oracle(kubectl, files, target, tmp_path)
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


class Alike:
    """Compares many small cases with few processes: those that we build go to the oracle together, each as a base.

    Where the whole differs, its halves are compared, down to the cases that are to blame.
    """

    def __init__(self, kubectl: str, where: Path) -> None:
        self.kubectl = kubectl
        self.where = where
        self.built = 0
        self.refused = 0

    def differing(self, cases: Sequence[Files]) -> list[Files]:
        """The cases that only one of the two builds, or both, but not alike."""
        single = [_numbered(case, 0) for case in cases]
        built = [case for case, files in zip(cases, single, strict=True) if _ours(files) is not None]
        refused = [files for files in single if _ours(files) is None]
        self.built += len(built)
        self.refused += len(refused)
        wrong = [files for files in refused if self._theirs(files) is not None]
        return wrong + [case for start in range(0, len(built), 25) for case in self._unlike(built[start : start + 25])]

    def _unlike(self, cases: Sequence[Files]) -> list[Files]:
        folders = [f"c{number}" for number in range(len(cases))]
        files = {K: f"resources: [{', '.join(folders)}]\n"}
        for number, case in enumerate(cases):
            files |= {f"c{number}/{name}": text for name, text in _numbered(case, number).items()}
        ours = _ours(files)
        if ours is not None and ours == self._theirs(files):
            return []
        if len(cases) == 1:
            alone = _numbered(cases[0], 0)
            return [] if _ours(alone) == self._theirs(alone) else [alone]
        half = len(cases) // 2
        return self._unlike(cases[:half]) + self._unlike(cases[half:])

    def _theirs(self, files: Files) -> str | None:
        done = oracle(self.kubectl, files, ".", self.where)
        return None if done.returncode else done.stdout


def _numbered(case: Files, number: int) -> dict[str, str]:
    return {name: text.replace(NUMBER, str(number)) for name, text in case.items()}


def _ours(files: Files) -> str | None:
    """Our text, None for a refusal that names its file. Anything else that is raised is a fault."""
    try:
        return overlay.yaml_text(overlay.build({name: text.encode() for name, text in files.items()}, "."))
    except overlay.RemotesNeeded:
        return None
    except overlay.BuildError as error:
        return None if error.file else pytest.fail(f"a refusal without a file: {error}")


@pytest.fixture
def alike(kubectl: str, tmp_path: Path) -> Alike:
    return Alike(kubectl, tmp_path)
