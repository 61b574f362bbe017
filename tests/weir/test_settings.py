"""Command line and environment to settings."""

import logging
from typing import Annotated, ClassVar, Literal

import pytest
from msgspec import Meta

from weir.api.base import Struct
from weir.settings import Gates, Seconds, SettingsError, flags, parse, usage


class Switches(Gates):
    NAMES: ClassVar = {"additive_cel_check": "AdditiveCELCheck"}
    FORMER: ClassVar = frozenset({"OldGate"})

    strict_substitutions: bool = True
    """Whether missing variables are an error."""
    additive_cel_check: bool = False
    """Whether the expression is added to the built-in check."""


class Endpoints(Struct):
    ENVIRONMENT: ClassVar = {"metrics_addr": "METRICS_ADDR"}

    metrics_addr: str = ":8080"
    """Where metrics are."""


class Wait(Struct):
    least: Seconds = 0.75
    """Shortest wait."""
    most: Seconds = 900.0
    """Longest wait."""

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ValueError("--least is more than --most")


class Own(Struct):
    FLAGS: ClassVar = {"receiver_addr": "receiverAddr"}

    endpoints: Endpoints = Endpoints(":9999")
    """Endpoints."""
    wait: Wait = Wait()
    """Waits."""
    concurrent: Annotated[int, Meta(ge=1)] = 4
    """Attempts at a time."""
    no_remote_bases: bool = False
    """Whether remote bases are refused."""
    watch_all: bool = True
    """Whether all is watched."""
    level: Literal["debug", "info"] = "info"
    """How much is said."""
    override_manager: tuple[str, ...] = ()
    """Managers to take over from."""
    receiver_addr: str = ":9292"
    """Where webhooks come in."""
    qps: float = 50.0
    """Requests per second."""
    feature_gates: Switches = Switches()
    """Gates."""


PARSED: dict[str, tuple[list[str], dict[str, str], Own]] = {
    "nothing given: the defaults, those of a group as its owner has them": ([], {}, Own()),
    "both ways to give a value": (
        ["--concurrent=2", "--metrics-addr", ":1"],
        {},
        Own(concurrent=2, endpoints=Endpoints(":1")),
    ),
    "switches stand alone or have a value": (
        ["--no-remote-bases", "--watch-all=false"],
        {},
        Own(no_remote_bases=True, watch_all=False),
    ),
    "a switch does not take the next word": (
        ["--no-remote-bases", "false", "--concurrent", "3"],
        {},
        Own(no_remote_bases=True, concurrent=3),
    ),
    "the last occurrence wins": (["--concurrent=2", "--concurrent=8"], {}, Own(concurrent=8)),
    "lists grow": (
        ["--override-manager=a,b", "--override-manager", "c"],
        {},
        Own(override_manager=("a", "b", "c")),
    ),
    "durations as Go writes them": (["--least=1m30s", "--most", "1h"], {}, Own(wait=Wait(90.0, 3600.0))),
    "a flag by another name": (["--receiverAddr=:1"], {}, Own(receiver_addr=":1")),
    "environment below flags": (
        ["--concurrent=2"],
        {"WEIR_CONCURRENT": "9", "METRICS_ADDR": ":2", "WEIR_LEVEL": "debug", "CONCURRENT": "7"},
        Own(concurrent=2, endpoints=Endpoints(":2"), level="debug"),
    ),
    "our own variable above upstream's": (
        [],
        {"METRICS_ADDR": ":2", "WEIR_METRICS_ADDR": ":3"},
        Own(endpoints=Endpoints(":3")),
    ),
    "gates, in several words, former ones accepted": (
        ["--feature-gates=StrictSubstitutions=false,OldGate=true", "--feature-gates=AdditiveCELCheck=true"],
        {},
        Own(feature_gates=Switches(strict_substitutions=False, additive_cel_check=True)),
    ),
    "flags we do not know, with and without values, are skipped": (
        ["--sops-x", "value", "--other=1", "-v", "stray", "--third", "--concurrent=2"],
        {},
        Own(concurrent=2),
    ),
}


@pytest.mark.parametrize(("argv", "environ", "expected"), PARSED.values(), ids=PARSED)
def test_parse(argv: list[str], environ: dict[str, str], expected: Own) -> None:
    assert parse(Own, argv, environ) == expected


REFUSED: dict[str, tuple[list[str], dict[str, str], str]] = {
    "no number": (["--concurrent=many"], {}, "--concurrent: 'many' is no whole number"),
    "too small": (["--concurrent=0"], {}, "--concurrent: Expected `int` >= 1"),
    "no value": (["--concurrent"], {}, "--concurrent needs a value"),
    "no switch": (["--watch-all=maybe"], {}, "--watch-all: 'maybe' is neither true nor false"),
    "no duration": (
        ["--least=5 minutes"],
        {},
        "--least: '5 minutes' is not a duration: write a number with a unit, such as 30s, 5m or 1h30m",
    ),
    "no choice": (["--level=loud"], {}, "--level: 'loud' is none of debug, info"),
    "in the environment": ([], {"WEIR_LEVEL": "loud"}, "WEIR_LEVEL: 'loud' is none of debug, info"),
    "values that do not go together": (["--least=2h"], {}, "--least is more than --most"),
    "an unknown gate": (
        ["--feature-gates=Magic=true"],
        {},
        "--feature-gates: 'Magic' is no feature gate of ours; known: AdditiveCELCheck, StrictSubstitutions",
    ),
    "a gate without value": (
        ["--feature-gates=StrictSubstitutions"],
        {},
        "--feature-gates: '' is neither true nor false",
    ),
}


@pytest.mark.parametrize(("argv", "environ", "message"), REFUSED.values(), ids=REFUSED)
def test_refusals(argv: list[str], environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(Own, argv, environ)
    assert str(caught.value) == message


def test_unknown_flags_are_warned_of_by_name_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "weir.settings"):
        parse(Own, ["--token=secret", "--concurrent=2"], {})
    assert [record.getMessage() for record in caplog.records] == ["--token is no flag of ours, it has no effect"]


def test_help_lists_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(Own, ["--help"], {})
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert text == usage(flags(Own()))
    assert "  --least (default 750ms)  [WEIR_LEAST]\n      Shortest wait.\n" in text
    assert "  --metrics-addr (default :9999)  [WEIR_METRICS_ADDR, METRICS_ADDR]\n" in text
    assert "  --feature-gates (default StrictSubstitutions=true,AdditiveCELCheck=false)" in text
