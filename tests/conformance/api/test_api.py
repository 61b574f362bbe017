"""Each case is played on the local cluster and on a real API server: the answers are alike."""

import json
from typing import Any

import pytest

from tests.conformance.api.conftest import Both
from tests.conformance.api.known import KNOWN
from tests.conformance.api.play import play
from tests.conformance.api.table import cases, namespace

CASES = cases()


@pytest.mark.parametrize("sentence", CASES)
def test_both_answer_alike(sentence: str, both: Both, request: pytest.FixtureRequest) -> None:
    if sentence in KNOWN:
        request.node.add_marker(pytest.mark.xfail(reason=KNOWN[sentence], strict=True))
    case = CASES[sentence]
    local, real = (play(case, cluster, namespace(sentence)) for cluster in (both.local, both.real))
    if case.missing:
        assert case.missing in written(local[-1])
        assert case.missing not in written(real[-1])
        local, real = local[:-1], real[:-1]
    assert written(local) == written(real)


def test_what_is_known_is_in_the_table() -> None:
    assert not KNOWN.keys() - CASES.keys()


def written(answers: Any) -> str:
    return json.dumps(answers, indent=1, sort_keys=True)
