"""Log lines."""

import io
import logging
import re
import sys
from collections.abc import Iterator

import msgspec
import pytest

from weir.api.base import Kind
from weir.kube.object import Key
from weir.runtime import logs

KIND = Kind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    hook = sys.excepthook
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    sys.excepthook = hook


def test_a_line_has_the_members_that_tools_read(lines: io.StringIO) -> None:
    log = logs.logger("kustomize-controller", KIND, Key("apps", "web"), "0b1c")
    log.error("%s after %s", "BuildFailed", "1s", extra={"error": "no such file", "revision": "main@sha1:1"})
    line = msgspec.json.decode(lines.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("ts"))
    assert line == {
        "level": "error",
        "logger": "kustomize-controller",
        "msg": "BuildFailed after 1s",
        "controller": "kustomization",
        "controllerGroup": "kustomize.toolkit.fluxcd.io",
        "controllerKind": "Kustomization",
        "Kustomization": {"name": "web", "namespace": "apps"},
        "namespace": "apps",
        "name": "web",
        "reconcileID": "0b1c",
        "error": "no such file",
        "revision": "main@sha1:1",
    }


def test_what_a_process_dies_of_is_a_line(lines: io.StringIO) -> None:
    error = RuntimeError("no way on")
    sys.excepthook(type(error), error, None)
    line = msgspec.json.decode(lines.getvalue())
    assert (line["level"], line["msg"], line["error"]) == ("error", "the process ends", "RuntimeError: no way on")


def test_every_level_has_one_of_the_words(lines: io.StringIO) -> None:
    log = logging.getLogger("x")
    for level in (logs.TRACE, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        log.log(level, "said")
    found = [msgspec.json.decode(line)["level"] for line in lines.getvalue().splitlines()]
    assert found == ["debug", "info", "info", "error", "error"]


def test_secret_values_reach_no_line(lines: io.StringIO) -> None:
    logs.redact("hunter2-and-more")
    logs.redact(b"-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----\n")
    logs.redact("abc")  # too short to be told from words
    log = logs.logger("x")
    log.info("password hunter2-and-more, abc", extra={"url": "https://u:hunter2-and-more@host"})
    try:
        raise RuntimeError("key AAAABBBBCCCC")  # noqa: TRY301  its trace is what is looked at
    except RuntimeError:
        log.exception("failed with %s", "AAAABBBBCCCC")
    text = lines.getvalue()
    assert "hunter2" not in text
    assert "AAAABBBB" not in text
    first, second = (msgspec.json.decode(line) for line in text.splitlines())
    assert (first["msg"], first["url"]) == ("password *****, abc", "https://u:*****@host")
    assert (second["msg"], second["error"]) == ("failed with *****", "RuntimeError: key *****")
    assert "Traceback" in second["stacktrace"]


def test_only_so_many_secrets_are_known_at_a_time() -> None:
    for number in range(logs.MOST_SECRETS + 1):
        logs.redact(f"secret-number-{number:04}")
    assert logs.clean("secret-number-0000 secret-number-0001") == "secret-number-0000 *****"


def test_lines_for_people(lines: io.StringIO) -> None:
    logs.configure("info", "console", lines)
    logs.logger("part", KIND, Key("apps", "web")).info("applied", extra={"error": "x"})
    time, *rest = lines.getvalue().rstrip("\n").split("\t")
    assert time.endswith("Z")
    assert rest[:3] == ["INFO", "part", "applied"]
    assert msgspec.json.decode(rest[3])["error"] == "x"


def test_what_cannot_be_json_is_text(lines: io.StringIO) -> None:
    logs.logger("x").info("odd", extra={"value": object, "bytes": b"\xff", "key": {"of": {1, 2}}})
    assert msgspec.json.decode(lines.getvalue())["value"] == "<class 'object'>"
