"""A Struct to flags, environment and help: `parse` makes a part's settings of its command line.

A field's name in kebab-case is its flag, `WEIR_` and the name in upper case its environment variable, the string under
it its help. A field that is itself a Struct is a group: its members are flags like all others. Flag beats environment
beats default; the last occurrence wins, lists grow. Flags that we do not know are warned of: there are many. A Struct
names other flags in `FLAGS` and further environment variables in `ENVIRONMENT`, each by field.
"""

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from weir.api import duration
from weir.api.base import Struct
from weir.manifests import descriptions

S = TypeVar("S", bound=Struct)

Seconds = Annotated[float, Meta(ge=0, extra={"written": "duration"})]
"""Seconds, written on the command line as a Go duration: `750ms`, `1h30m`."""

_TRUE = {"true", "t", "1", "yes", "on"}
_FALSE = {"false", "f", "0", "no", "off"}

log = logging.getLogger("weir.settings")


class SettingsError(ValueError):
    """A flag or variable that cannot be used; the message names it."""


class Gates(Struct):
    """Feature gates: a boolean per gate, all in one flag as `Name=true,Other=false`. An unknown gate is an error."""

    NAMES: ClassVar[Mapping[str, str]] = {}
    """Gates whose names are not the field's in CamelCase, by field."""
    FORMER: ClassVar[frozenset[str]] = frozenset()
    """Gates that once were: they are accepted and have no effect."""


class Flag(NamedTuple):
    """One flag of a part."""

    path: tuple[str, ...]
    """Field names from the settings' Struct down."""
    name: str
    """Without the dashes."""
    variables: tuple[str, ...]
    """Environment variables, first wins."""
    type: Any
    default: Any
    help: str

    @property
    def boolean(self) -> bool:
        """Whether it can stand without a value."""
        return self.type is bool


def flags(defaults: Struct, path: tuple[str, ...] = ()) -> Iterator[Flag]:
    """The flags of a Struct and its groups. Raises `TypeError` naming a field that has no help."""
    type_ = type(defaults)
    hints, texts = get_type_hints(type_, include_extras=True), descriptions(type_)
    for field in type_.__struct_fields__:
        hint, default = hints[field], getattr(defaults, field)
        if isinstance(default, Struct) and not isinstance(default, Gates):
            yield from flags(default, (*path, field))
            continue
        name = getattr(type_, "FLAGS", {}).get(field, field.replace("_", "-"))
        more = getattr(type_, "ENVIRONMENT", {}).get(field)
        variables = (f"WEIR_{field.upper()}", *((more,) if more else ()))
        yield Flag((*path, field), name, variables, hint, default, texts[field])


def parse(type_: type[S], argv: Sequence[str], environ: Mapping[str, str]) -> S:
    """The settings that a command line and an environment ask for.

    Raises `SettingsError` naming the flag or variable and what is wrong with it; `--help` prints and ends the process.
    """
    known = {flag.name: flag for flag in flags(type_())}
    if "--help" in argv or "-h" in argv:
        sys.stdout.write(usage(known.values()))
        raise SystemExit(0)
    given = _given(known, argv)
    values: dict[tuple[str, ...], Any] = {}
    for flag in known.values():
        if flag.name in given:
            values[flag.path] = _value(flag, given[flag.name], f"--{flag.name}")
        elif variable := next((it for it in flag.variables if environ.get(it)), None):
            values[flag.path] = _value(flag, [environ[variable]], variable)
    try:
        return _build(type_(), values)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def usage(known: Iterable[Flag]) -> str:
    """The help text: a flag, its default, its help, its environment variables."""
    lines = ["Flags (and environment variables):"]
    for flag in sorted(known, key=lambda it: it.name):
        default = _written(flag)
        lines.append(f"  --{flag.name}{f' (default {default})' if default else ''}  [{', '.join(flag.variables)}]")
        lines.append(f"      {flag.help}")
    return "\n".join(lines) + "\n"


def _given(known: Mapping[str, Flag], argv: Sequence[str]) -> dict[str, list[str]]:
    """The texts by flag, in order of occurrence."""
    given: dict[str, list[str]] = {}
    skip = False
    for word, after in pairwise([*argv, None]):
        if skip:
            skip = False
            continue
        assert word is not None
        name, equals, text = word.removeprefix("--").partition("=")
        flag = known.get(name) if word.startswith("--") else None
        takes_next = not equals and after is not None and not after.startswith("-")
        if flag is None:
            log.warning("%s is no flag of ours, it has no effect", word.partition("=")[0])
            skip = word.startswith("--") and takes_next
        elif equals or flag.boolean:
            given.setdefault(name, []).append(text if equals else "true")
        elif after is None:
            raise SettingsError(f"--{name} needs a value")
        else:
            given.setdefault(name, []).append(after)
            skip = True
    return given


def _value(flag: Flag, texts: Sequence[str], where: str) -> Any:
    """The value that the texts stand for."""
    try:
        if isinstance(flag.type, type) and issubclass(flag.type, Gates):
            return _gates(flag, texts)
        if get_origin(flag.type) is tuple:
            words = [word for text in texts for word in text.split(",") if word]
            return msgspec.convert(words, flag.type)
        return msgspec.convert(_scalar(flag.type, texts[-1]), flag.type)
    except ValueError as error:
        raise SettingsError(f"{where}: {str(error).partition(' - at `$')[0]}") from error


def _scalar(type_: Any, text: str) -> Any:
    extra = next((it.extra or {} for it in getattr(type_, "__metadata__", ()) if isinstance(it, Meta)), {})
    bare = get_args(type_)[0] if get_origin(type_) is Annotated else type_
    if extra.get("written") == "duration":
        return duration.seconds(text)
    if bare is bool:
        return _boolean(text)
    if bare in {int, float}:
        return _number(bare, text)
    if get_origin(bare) is Literal and text not in get_args(bare):
        raise ValueError(f"{text!r} is none of {', '.join(get_args(bare))}")
    return text


def _number(bare: type[int] | type[float], text: str) -> float:
    try:
        return bare(text)
    except ValueError:
        raise ValueError(f"{text!r} is no {'whole ' if bare is int else ''}number") from None


def _boolean(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() in _TRUE


def _gates(flag: Flag, texts: Sequence[str]) -> Gates:
    type_: type[Gates] = flag.type
    names = {_gate(type_, field): field for field in type_.__struct_fields__}
    values: dict[str, bool] = {}
    for word in (word.strip() for text in texts for word in text.split(",") if word.strip()):
        name, _, text = word.partition("=")
        if name in type_.FORMER:
            log.warning("the feature gate %s has no effect any more", name)
        elif name not in names:
            raise ValueError(f"{name!r} is no feature gate of ours; known: {', '.join(sorted(names)) or 'none'}")
        else:
            values[names[name]] = _boolean(text)
    changed: Gates = msgspec.structs.replace(flag.default, **values)
    return changed


def _gate(type_: type[Gates], field: str) -> str:
    return type_.NAMES.get(field, "".join(word.capitalize() for word in field.split("_")))


def _written(flag: Flag) -> str:
    """A default as one would write it."""
    match flag.default:
        case Gates():
            pairs = ((_gate(flag.type, field), getattr(flag.default, field)) for field in flag.type.__struct_fields__)
            return ",".join(f"{name}={str(value).lower()}" for name, value in pairs)
        case bool():
            return str(flag.default).lower()
        case float():
            return duration.text(flag.default) if flag.type == Seconds else str(flag.default)
        case tuple():
            return ",".join(flag.default)
        case _:
            return str(flag.default)


def _build(defaults: S, values: Mapping[tuple[str, ...], Any], path: tuple[str, ...] = ()) -> S:
    """The defaults with the values in their places. Raises `ValueError` for values that do not go together."""
    members: dict[str, Any] = {}
    for field in defaults.__struct_fields__:
        here, default = (*path, field), getattr(defaults, field)
        if isinstance(default, Struct) and not isinstance(default, Gates):
            members[field] = _build(default, values, here)
        else:
            members[field] = values.get(here, default)
    return type(defaults)(**members)
