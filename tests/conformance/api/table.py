"""All cases: a sentence, and what is asked."""

from importlib import import_module
from pkgutil import iter_modules
from zlib import crc32

from tests.conformance.api import cases as tables
from tests.conformance.api.steps import Case


def cases() -> dict[str, Case]:
    """The tables of every file in `cases`."""
    found: dict[str, Case] = {}
    for file in iter_modules(tables.__path__):
        table: dict[str, Case] = import_module(f"{tables.__name__}.{file.name}").CASES
        again = found.keys() & table.keys()
        assert not again, again
        found |= table
    return found


def namespace(sentence: str) -> str:
    """The namespace of a case: the same on every cluster."""
    return f"case-{crc32(sentence.encode()):08x}"
