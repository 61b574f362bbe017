"""All cases: a sentence, and what is asked."""

from zlib import crc32

from tests.conformance.api.cases import (
    access,
    apply,
    crud,
    custom,
    deleting,
    fields,
    jobs,
    kinds,
    kubectl,
    lists,
    ownership,
    patching,
    pods,
    reviews,
    server,
    services,
    subresources,
    tables,
    watches,
    workloads,
)
from tests.conformance.api.steps import Case

_FILES = (
    access,
    apply,
    crud,
    custom,
    deleting,
    fields,
    jobs,
    kinds,
    kubectl,
    lists,
    ownership,
    patching,
    pods,
    reviews,
    server,
    services,
    subresources,
    tables,
    watches,
    workloads,
)


def cases() -> dict[str, Case]:
    found: dict[str, Case] = {}
    for file in _FILES:
        again = found.keys() & file.CASES.keys()
        assert not again, again
        found |= file.CASES
    return found


def namespace(sentence: str) -> str:
    """The namespace of a case: the same on every cluster."""
    return f"case-{crc32(sentence.encode()):08x}"
