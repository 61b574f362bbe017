"""How a log line is shown."""

import msgspec
import pytest

from weir_cli.logs import Filter, entry

LINE = {
    "ts": "2026-11-24T10:00:00.000Z",
    "level": "error",
    "msg": "Reconciler error",
    "error": "boom\nat line 3",
    "controllerKind": "Kustomization",
    "name": "apps",
    "namespace": "team",
}

WANTED = {
    "everything": (Filter("", "", "", ""), True),
    "the kind, whatever its case": (Filter("kustomization", "", "", ""), True),
    "another kind": (Filter("GitRepository", "", "", ""), False),
    "the name": (Filter("", "apps", "", ""), True),
    "another level": (Filter("", "", "info", ""), False),
    "another namespace": (Filter("", "", "", "flux-system"), False),
}


@pytest.mark.parametrize(("wanted", "shown"), WANTED.values(), ids=WANTED.keys())
def test_shows_what_is_wanted(wanted: Filter, shown: bool) -> None:
    text = "2026-11-24T10:00:00.000Z error Kustomization/apps.team - Reconciler error boom at line 3"
    assert entry(msgspec.json.encode(LINE), wanted) == (text if shown else None)


@pytest.mark.parametrize("line", [b"", b"plain text", b'["a list"]', b'{"broken": '])
def test_a_line_that_is_no_entry_is_passed_over(line: bytes) -> None:
    assert entry(line, Filter("", "", "", "")) is None
