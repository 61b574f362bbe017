"""Writing a scalar over another (`spec/overlays.md` 1.7)."""

from typing import Any

from weir.yaml.nodes import Quoted, Scalar
from weir.yaml.scalars import typed


def set_text(container: Any, key: Any, text: str) -> None:
    """Put a string; the old value's quotes stay."""
    container[key] = Quoted(text) if type(_old(container, key)) is Quoted else text


def set_typed(container: Any, key: Any, text: str) -> None:
    """Put a text that is read as what it looks like, unless the old value was quoted."""
    container[key] = Quoted(text) if type(_old(container, key)) is Quoted else typed(text)


def set_inside(container: Any, key: Any, text: str) -> None:
    """Replace only the text: tag and quotes of the old value stay, whatever they make of it (17.6)."""
    old = _old(container, key)
    if type(old) is Scalar:
        container[key] = Scalar(text, old.tag)
    else:
        container[key] = Quoted(text) if type(old) is Quoted else text


def _old(container: Any, key: Any) -> Any:
    return container.get(key) if type(container) is dict else container[key]
