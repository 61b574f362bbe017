"""Random YAML, pointers, paths and merges by seed: equal bytes, or both refuse; nothing else is ever raised."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.conformance.overlays import paths, texts
from tests.conformance.overlays.conftest import Alike, Files
from weir import yaml
from weir.yaml.dialects import NODES
from weir.yaml.quick import Lines, quick_documents

R = {paths.K: "resources: [r.yaml]\n"}
PATCHED = {paths.K: "resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]\n"}
BASE = {"r.yaml": texts.HEAD + "data: {a: b}\n"}
KINDS: dict[str, st.SearchStrategy[dict[str, str]]] = {
    "resources in every style": texts.written.map(lambda text: {**R, "r.yaml": text}),
    "resources with errors": texts.mutated(*texts.DOCUMENTS).map(lambda text: {**R, "r.yaml": text}),
    "values in the dialect of configuration": texts.values.map(lambda text: {**PATCHED, **BASE, "p.yaml": text}),
    "patches with errors": texts.mutated(*texts.PATCHES).map(lambda text: {**PATCHED, **BASE, "p.yaml": text}),
    "kustomizations with errors": texts.mutated(*texts.KUSTOMIZATIONS).map(lambda text: {paths.K: text, **BASE}),
    "JSON patches": paths.json_patches,
    "replacements": paths.replacements,
    "field specs": paths.configurations,
    "strategic merges": paths.merges,
}


def generated(strategy: st.SearchStrategy[Any], number: int, count: int) -> list[Any]:
    """The cases of a seed, always the same."""
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(strategy)
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_fuzz(kind: str, alike: Alike) -> None:
    assert alike.differing(generated(KINDS[kind], 1, 15)) == []
    assert alike.built + alike.refused


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", KINDS)
def test_long_fuzz(kind: str, alike: Alike) -> None:
    different: list[Files] = []
    for number in range(100, 120):
        found = alike.differing(generated(KINDS[kind], number, 100))
        different += found
        for case in found:
            print(f"seed {number}: {case}")  # noqa: T201  seen while it runs
    print(f"{kind}: seeds 100 to 119, {alike.built} built, {alike.refused} refused, {len(different)} different")  # noqa: T201
    assert different == []


TEXTS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode()),
    st.one_of(texts.written, texts.values, texts.mutated(*texts.DOCUMENTS, *texts.KUSTOMIZATIONS)).map(str.encode),
)
READERS: dict[str, Callable[[bytes], Sequence[Any]]] = {
    "values": yaml.load_all,
    "configuration": lambda text: [yaml.load_config(text)],
    "nodes": lambda text: [document.value for document in yaml.documents(text, NODES)],
}


@pytest.mark.parametrize("reader", READERS)
def test_any_bytes_are_read_or_refused(reader: str) -> None:
    outcomes = {True: 0, False: 0}
    for text in generated(TEXTS, 2, 400):
        try:
            READERS[reader](text)
            outcomes[True] += 1
        except yaml.YamlError:
            outcomes[False] += 1
    assert min(outcomes.values()) > 20


def test_what_is_read_can_be_printed_and_read_again() -> None:
    for text in generated(TEXTS, 3, 600):
        try:
            printed = yaml.dump_all(yaml.load_all(text))
        except yaml.YamlError:
            continue
        again = yaml.load_all(printed)
        assert yaml.dump_all(again) == printed, text


def test_plain_texts_are_read_alike_line_by_line() -> None:
    known = 0
    for text in generated(TEXTS, 4, 600):
        quick = quick_documents(text, Lines(NODES))
        if quick is not None:
            known += 1
            assert list(quick) == list(yaml.documents(text, NODES)), text
    assert known > 20
