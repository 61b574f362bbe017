"""YAML as kustomize reads and prints it.

Plain values: `load`, `load_all`, `dump`, `dump_all`. `yes` is a string, `0777` is 511, dates stay as written; a
repeated key or a key that is no string is an error; aliases and depth have limits.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from weir.yaml.dialects import CONFIG, VALUES, Dialect
from weir.yaml.emit import emit
from weir.yaml.errors import YamlError
from weir.yaml.nodes import Document

__all__ = ["YamlError", "documents", "dump", "dump_all", "load", "load_all", "load_config"]


def documents(text: bytes | str, dialect: Dialect, *, name: str = "", line: int = 1) -> Iterator[Document]:
    """The documents of a text, those without content left out.

    `line` is the number of the text's first line. Raises `YamlError`.
    """
    from weir.yaml import compose  # noqa: PLC0415  libyaml's package is slow to import; plain texts do without

    return compose.documents(text, dialect, name=name, line=line)


def load(text: bytes | str, *, name: str = "") -> Any:
    """The one document of a text, None if there is none.

    Raises:
        YamlError: malformed, or more than one document. `name` is the file's name for the message.

    """
    values = load_all(text, name=name)
    if len(values) > 1:
        raise YamlError("one document was expected, there are more", name=name)
    return values[0] if values else None


def load_all(text: bytes | str, *, name: str = "") -> list[Any]:
    """Every document with content. Raises `YamlError`."""
    return [document.value for document in documents(text, VALUES, name=name)]


def load_config(text: bytes | str, *, name: str = "") -> Any:
    """The first document in the dialect of kustomization files: `yes` is true, keys become strings, the last
    of a repeated key wins. None if there is none. Raises `YamlError`.
    """  # noqa: D205  one sentence
    for document in documents(text, CONFIG, name=name):
        return document.value
    return None


def dump(value: Any) -> str:
    """One document as kustomize prints it. Raises `YamlError` for what YAML or JSON cannot hold."""
    return emit((value,))


def dump_all(values: Iterable[Any]) -> str:
    """Documents joined by `---` lines."""
    return emit(values)
