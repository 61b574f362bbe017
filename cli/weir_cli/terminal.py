"""What a person sees: one line per step on standard error, tables and data on standard output."""

import re
import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

import click

_HEX = re.compile(r"\b[0-9a-f]{40,128}\b")
_SHORT = 8


class Halt(click.ClickException):
    """Ends a command: printed as one line with its glyph. An empty message: everything has been said already."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click means its class variable as a default

    def show(self, file: object = None) -> None:
        """Print the line."""
        del file
        if self.message:
            failure(self.message)


def generating(text: str) -> None:
    """Say what is being made."""
    _line("✚", text)


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


def confirm(question: str, otherwise: str) -> None:
    """Ask for a yes. Raises `Halt` for anything else; when nobody answers, with the flag `otherwise` that answers."""
    try:
        agreed = click.confirm(plain(question), err=True)
    except click.Abort:
        raise Halt(f"aborting: nobody has answered; {otherwise} goes on without asking") from None
    if not agreed:
        raise Halt("aborting")


def _line(glyph: str, text: str) -> None:
    click.echo(f"{glyph} {plain(text)}", err=True)


class Live:
    """A line on standard error that is written over while something goes on; it is not there when nobody watches."""

    def __init__(self) -> None:
        self._shown = ""
        self.seen = sys.stderr.isatty()
        """Whether anybody watches."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def say(self, text: str) -> None:
        """Show this now."""
        if text != self._shown and self.seen:
            import shutil  # noqa: PLC0415  brings every compressor with it

            room = max(shutil.get_terminal_size().columns - 3, 10)
            click.echo(f"\r\x1b[K◎ {plain(shorten(text))[:room]}", err=True, nl=False)
            self._shown = text

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._shown = ""


def shorten(text: str) -> str:
    """Cut long hexadecimal fingerprints to 8 characters, for display only."""
    return _HEX.sub(lambda found: found[0][:_SHORT], text)


def plain(text: str) -> str:
    """One line of text: what people wrote in Git must not draw on their terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def sheet(rows: Iterable[tuple[str, str]]) -> str:
    """`Label: value` lines, the values below each other; what is empty is left out."""
    return "".join(f"{label + ':':<16} {plain(value)}\n" for label, value in rows if value)


class Table:
    """Left-aligned columns under upper-case names, padded with spaces and parted by tabs; widths only grow."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = [name.upper() for name in header]
        self._widths = [0 for _name in header]

    def text(self, rows: Iterable[Sequence[str]], *, header: bool = True) -> str:
        """The lines of these rows, each with its line break."""
        lines = [[plain(cell) for cell in row] for row in rows]
        if header:
            lines.insert(0, self._header)
        for line in lines:
            self._widths = [max(width, len(cell)) for width, cell in zip(self._widths, line, strict=True)]
        return "".join(self._row(line) for line in lines)

    def _row(self, line: Sequence[str]) -> str:
        return "\t".join(cell.ljust(width) for cell, width in zip(line, self._widths, strict=True)).rstrip() + "\n"


def interactive() -> bool:
    """Whether a person watches standard output."""
    return sys.stdout.isatty()
