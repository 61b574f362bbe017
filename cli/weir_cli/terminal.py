"""What a person sees: one line per step on standard error, tables and data on standard output."""

import re
import sys
from collections.abc import Iterable, Sequence

import click

_HEX = re.compile(r"\b[0-9a-f]{40,128}\b")
_SHORT = 8
_GAP = 3


class Halt(click.ClickException):
    """Ends a command: printed as one line with its glyph; nothing else is shown."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click means its class variable as a default

    def show(self, file: object = None) -> None:
        """Print the line. A change that was found (code 1 of a comparison) is no failure of the command."""
        del file
        failure(self.message)


def action(text: str) -> None:
    """Say what is being done."""
    _line("►", text)


def waiting(text: str) -> None:
    """Say what is being waited for."""
    _line("◎", text)


def success(text: str) -> None:
    """Say what has been done."""
    _line("✔", text)


def warning(text: str) -> None:
    """Say what the user should know."""
    _line("⚠️", text)


def failure(text: str) -> None:
    """Say what went wrong."""
    _line("✗", text)


def _line(glyph: str, text: str) -> None:
    click.echo(f"{glyph} {text}", err=True)


def shorten(text: str) -> str:
    """Cut long hexadecimal fingerprints to 8 characters, for display only."""
    return _HEX.sub(lambda found: found[0][:_SHORT], text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, with_header: bool = True) -> str:
    """Left-aligned columns under upper-case names, without rules; the last column is not padded."""
    lines = [[_cell(cell) for cell in row] for row in rows]
    if with_header:
        lines.insert(0, [name.upper() for name in header])
    widths = [max((len(line[index]) for line in lines), default=0) for index in range(len(header))]
    return "".join(
        "".join(cell.ljust(width + _GAP) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def _cell(text: str) -> str:
    """One line of text: what people wrote in Git must not draw on their terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def interactive() -> bool:
    """Whether a person watches standard output."""
    return sys.stdout.isatty()
