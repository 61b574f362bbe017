"""`values.yaml` and the table of the README. Pure."""

import textwrap
from collections.abc import Iterator
from typing import Any

import msgspec

from weir import yaml
from weir.manifests import descriptions
from weir_chart.values import Chart

HEAD = "# Written by `make manifests` from charts/weir_chart/values.py: change it there.\n"
WIDTH = 110


def defaults() -> str:
    """The text of `values.yaml`: each value under its description."""
    return HEAD + "\n".join(_lines(Chart(), ""))


def _lines(group: msgspec.Struct, indent: str) -> Iterator[str]:
    for name, text, value in _members(group):
        yield from ("", *_comment(text, indent)) if not indent else _comment(text, indent)
        if isinstance(value, msgspec.Struct):
            yield f"{indent}{name}:"
            yield from _lines(value, f"{indent}  ")
        else:
            yield from textwrap.indent(yaml.dump({name: msgspec.to_builtins(value)}).rstrip("\n"), indent).splitlines()
    if not indent:
        yield ""


def _comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _members(group: msgspec.Struct) -> Iterator[tuple[str, str, Any]]:
    """Key, description and default of each value of a group."""
    texts = descriptions(type(group))
    for field in msgspec.structs.fields(group):
        yield field.encode_name, texts[field.name], getattr(group, field.name)


def table() -> str:
    """A table in Markdown: key, default, description."""
    rows = (f"| `{key}` | `{_cell(value)}` | {_escaped(text)} |" for key, text, value in _leaves(Chart(), ""))
    return "\n".join(["| key | default | what it is for |", "| --- | --- | --- |", *rows]) + "\n"


def _leaves(group: msgspec.Struct, prefix: str) -> Iterator[tuple[str, str, Any]]:
    for name, text, value in _members(group):
        if isinstance(value, msgspec.Struct):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", text, value


def _cell(value: Any) -> str:
    return _escaped(msgspec.json.encode(value).decode())


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
