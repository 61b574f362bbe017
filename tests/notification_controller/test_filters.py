"""CEL filters: which may be used, and what they say."""

import pytest

from notification_controller.errors import BadFilter
from notification_controller.filters import check, hold

RES = {
    "apiVersion": "source.toolkit.fluxcd.io/v1",
    "kind": "GitRepository",
    "metadata": {"name": "webapp", "annotations": {"team": "a"}},
}
REQ = {"ref": "refs/heads/main", "tag": "v1.2.3", "flag": True, "n": 3}

RESULTS: dict[str, tuple[str, bool]] = {
    "a comparison": ("req.ref == 'refs/heads/main'", True),
    "the object's name": ("res.metadata.name == 'other'", False),
    "an absent member, asked for": ("has(res.metadata.labels) && res.metadata.labels.team == 'a'", False),
    "strings": ("req.ref.split('/')[2].upperAscii() == 'MAIN'", True),
    "numbers are compared across types": ("req.n == 3.0", True),
    "a regular expression": (r"req.tag.matches('^v[0-9]+\\.')", True),
    "a list": ("['a', 'b'].exists(t, t == res.metadata.annotations.team)", True),
}


@pytest.mark.parametrize("case", RESULTS)
def test_results(case: str) -> None:
    expression, expected = RESULTS[case]
    check([expression])
    assert hold([expression], {"res": RES, "req": REQ}) is expected


UNUSABLE: dict[str, tuple[str, str]] = {
    "no syntax": ("req.ref ==", "mismatched input"),
    "nothing": ("", "mismatched input"),
    "an unknown variable": ("request.ref == 'x'", "unknown variable request; there are req and res"),
    "claims are for generic-oidc": ("claims.sub == 'x'", "unknown variable claims"),
    "a result that may be anything": ("req.flag", "the result must be a bool"),
    "a result that is a string": ("'yes'", "the result must be a bool"),
    "a very long one": ("true || " * 4000 + "true", "longer than 16384 characters"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable(case: str) -> None:
    expression, text = UNUSABLE[case]
    with pytest.raises(BadFilter, match=text):
        check([expression])


def test_all_have_to_hold() -> None:
    assert hold([], {"res": RES, "req": REQ})
    assert not hold(["true", "req.n == 4"], {"res": RES, "req": REQ})


def test_a_missing_key_is_an_error_that_names_it() -> None:
    with pytest.raises(BadFilter, match="missing"):
        hold(["req.missing == 1"], {"res": RES, "req": {}})
