"""`weir version` against the running suite."""

import json

from tests.weir_cli.stage import Stage
from weir import __version__

EXPECTED = {
    "weir": f"v{__version__}",
    "distribution": f"flux-v{__version__}",
    "kustomize-controller": f"v{__version__}",
    "notification-controller": f"v{__version__}",
    "source-controller": f"v{__version__}",
}


def test_for_people_and_programs(stage: Stage) -> None:
    text = "".join(f"{name}: {number}\n" for name, number in EXPECTED.items())
    assert stage.weir("version") == (0, text, "")
    assert stage.weir("version", "-o", "yaml").out == text
    assert json.loads(stage.weir("version", "-o", "json").out) == EXPECTED


def test_where_nothing_is_installed(stage: Stage) -> None:
    assert stage.weir("version", "-n", "default").err == (
        '✗ no controllers found in "default" namespace: --client prints the version of weir alone\n'
    )
