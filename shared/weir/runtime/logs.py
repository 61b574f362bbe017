"""Logs: one JSON object per line on stderr, in the shape that the field's tools read (`spec/cli-and-ui.md` 1.10).

A filter at the sink takes known secret values out of every line; rooms name them with `redact`.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

import msgspec

from weir.api.base import Kind
from weir.kube.object import Key

TRACE = 5
"""Below debug."""

Level = Literal["trace", "debug", "info", "error"]
Encoding = Literal["json", "console"]

_LEVELS = {"trace": TRACE, "debug": logging.DEBUG, "info": logging.INFO, "error": logging.ERROR}

MOST_SECRETS = 1024
"""Secret values that are known at a time; the longest unused is forgotten."""
SHORTEST_SECRET = 4
"""Characters below which a value is no secret, but a word of every other line."""
SHORTEST_EVERYWHERE = 8
"""Characters below which a value that one attempt named is not taken out of what others say."""
HIDDEN = "*****"

_everywhere: dict[str, None] = {}
_outside: dict[str, None] = {}
"""Those that no attempt has named, but the process for all."""
_here: ContextVar[dict[str, None] | None] = ContextVar("secrets", default=None)


@contextmanager
def attempt() -> Iterator[None]:
    """Secrets named within are taken out of events and conditions made within, and of no others.

    What a tenant calls a secret cannot blot out the messages of somebody else's objects.
    """
    token = _here.set({})
    try:
        yield
    finally:
        _here.reset(token)


def redact(value: str | bytes) -> None:
    """Keep this value out of logs, events and conditions from now on; each line of a text of several lines as well."""
    text = value.decode("utf-8", "ignore") if isinstance(value, bytes) else value
    here = _here.get()
    for secret in {text.strip(), *map(str.strip, text.splitlines())}:
        if len(secret) < SHORTEST_SECRET:
            continue
        _note(_outside if here is None else here, secret)
        if here is None or len(secret) >= SHORTEST_EVERYWHERE:
            _note(_everywhere, secret)


def _note(known: dict[str, None], secret: str) -> None:
    known.pop(secret, None)
    known[secret] = None
    if len(known) > MOST_SECRETS:
        del known[next(iter(known))]


def clean(text: str) -> str:
    """The text without the secret values that this attempt or the process has named; elsewhere, without all of them."""
    here = _here.get()
    return _without(text, _everywhere if here is None else {**_outside, **here})


def _without(text: str, known: Mapping[str, None]) -> str:
    for secret in sorted((it for it in tuple(known) if it in text), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _clean_line(text: str) -> str:
    """As `clean`, and without what other attempts have named: a log is read by those who run the controller."""
    return _without(clean(text), _everywhere)


def logger(
    part: str, kind: Kind | None = None, key: Key | None = None, reconcile_id: str = ""
) -> logging.LoggerAdapter[logging.Logger]:
    """A logger that says which controller, object and attempt a line speaks of. Further members go into `extra`."""
    fields: dict[str, Any] = {}
    if kind is not None:
        fields |= {"controller": kind.kind.lower(), "controllerGroup": kind.group, "controllerKind": kind.kind}
    if kind is not None and key is not None:
        fields[kind.kind] = {"name": key.name, "namespace": key.namespace}
        fields |= {"namespace": key.namespace, "name": key.name}
    if reconcile_id:
        fields["reconcileID"] = reconcile_id
    return _Adapter(logging.getLogger(part), {"fields": fields})


def configure(level: Level = "info", encoding: Encoding = "json", stream: TextIO | None = None) -> None:
    """Send every line of this process to stderr in that encoding. The shape knows no warning: it counts as info."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if encoding == "json" else ConsoleFormatter())
    logging.addLevelName(TRACE, "TRACE")
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS[level])
    logging.captureWarnings(capture=True)
    sys.excepthook = _last_words


def _last_words(type_: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What a process dies of is a line like all others."""
    logging.getLogger("weir").error("the process ends", exc_info=(type_, error, trace))


class _Adapter(logging.LoggerAdapter[logging.Logger]):
    """Puts the object's fields and the call's `extra` into one record attribute."""

    def process(self, msg: Any, kwargs: Any) -> tuple[Any, Any]:
        own: Mapping[str, Any] = (self.extra or {}).get("fields", {})  # type: ignore[assignment]  # set above
        kwargs["extra"] = {"fields": {**own, **(kwargs.get("extra") or {})}}
        return msg, kwargs


def members(record: logging.LogRecord) -> dict[str, Any]:
    """A record as the members of its line, secrets taken out."""
    line: dict[str, Any] = {
        "level": _level(record),
        "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "logger": record.name,
        "msg": _clean_line(record.getMessage()),
    }
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    line |= {key: _clean_line(value) if isinstance(value, str) else value for key, value in fields.items()}
    if record.exc_info and record.exc_info[0] is not None:
        line.setdefault("error", _clean_line(f"{record.exc_info[0].__name__}: {record.exc_info[1]}"))
        line["stacktrace"] = _clean_line("".join(traceback.format_exception(*record.exc_info)))
    return line


def _level(record: logging.LogRecord) -> Level:
    if record.levelno >= logging.ERROR:
        return "error"
    if record.levelno >= logging.INFO:
        return "info"
    return "debug" if record.levelno >= logging.DEBUG else "trace"


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return msgspec.json.encode(members(record), enc_hook=str).decode()


class ConsoleFormatter(logging.Formatter):
    """The same for people: time, level, message, then the members, tab-separated."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end; a stack trace follows on lines of its own."""
        line = members(record)
        stack = line.pop("stacktrace", "")
        head = [line.pop("ts"), line.pop("level").upper(), line.pop("logger"), line.pop("msg")]
        rest = msgspec.json.encode(line, enc_hook=str).decode() if line else ""
        return "\t".join(it for it in (*head, rest) if it) + (f"\n{stack}" if stack else "")
