"""Who gets which name of a group."""

from typing import Any

import pytest

from local_cluster.controllers.naming import Accepted, accept

WANTED = {"plural": "things", "singular": "thing", "shortNames": ["t", "th"], "kind": "Thing", "listKind": "ThingList"}
NONE: dict[str, Any] = {}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]], Accepted]] = {
    "nobody else": (WANTED, NONE, [], Accepted("g", WANTED)),
    "categories are shared": (
        {**WANTED, "categories": ["all"]},
        NONE,
        [{"plural": "others", "kind": "Other", "categories": ["all"]}],
        Accepted("g", {**WANTED, "categories": ["all"]}),
    ),
    "a kind is taken": (
        WANTED,
        NONE,
        [{"plural": "others", "kind": "Thing"}],
        Accepted(
            "g", {k: v for k, v in WANTED.items() if k != "kind"}, "KindConflict", '"Thing" is already in use'
        ),
    ),
    "a singular that is somebody's short name": (
        WANTED,
        NONE,
        [{"plural": "others", "shortNames": ["thing"], "kind": "Other"}],
        Accepted(
            "g", {k: v for k, v in WANTED.items() if k != "singular"}, "SingularConflict", '"thing" is already in use'
        ),
    ),
    "two short names are taken": (
        WANTED,
        NONE,
        [{"plural": "others", "shortNames": ["t", "th"], "kind": "Other"}],
        Accepted("g", {k: v for k, v in WANTED.items() if k != "shortNames"}, "ShortNamesConflict",
                 '["t" is already in use, "th" is already in use]'),
    ),
    "what it had it keeps": (
        {**WANTED, "kind": "Other"},
        WANTED,
        [{"plural": "others", "kind": "Other"}],
        Accepted("g", WANTED, "KindConflict", '"Other" is already in use'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_accept(case: str) -> None:
    wanted, before, others, expected = CASES[case]
    assert accept({"group": "g", "names": wanted}, before, others) == expected
