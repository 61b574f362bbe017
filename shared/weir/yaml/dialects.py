"""How scalars and keys of resource documents and of configuration are read."""

from collections.abc import Callable
from typing import NamedTuple

from weir.yaml.errors import YamlError
from weir.yaml.nodes import VOID, Folded, Node, OddKey, Quoted, RepeatedKey, Scalar
from weir.yaml.scalars import config_value, plain_value, resource_scalar, typed


class Dialect(NamedTuple):
    """How scalars and keys are read."""

    scalar: Callable[..., Node]
    plain: Callable[[str], Node]
    """What a plain scalar without a tag is."""
    quoted: Callable[[str], Node]
    """What a quoted or block scalar without a tag is."""
    folded: Callable[[str], Node]
    """What a folded block without a tag is."""
    odd_key: Callable[[str, object], str]
    """The key that a text reading as something else than a string becomes."""
    repeated: Callable[[dict[str, Node], str, Node, int, int], None]
    in_flow: Callable[[Node], Node] | None
    """What a plain scalar is in a flow collection, if that is not the same as in a block."""


def _odd(text: str, value: object) -> str:  # noqa: ARG001  the signature is the dialect's
    return OddKey(text)


def _no_odd(text: str, value: object) -> str:  # noqa: ARG001  the signature is the dialect's
    msg = f"the key {text} is no string: put it in quotes"
    raise YamlError(msg)


def _as_text(text: str, value: object) -> str:
    if value is None:
        raise YamlError("a key may not be null: put it in quotes")
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else text


def _mark(mapping: dict[str, Node], key: str, value: Node, first: int, line: int) -> None:  # noqa: ARG001  first wins
    mapping[RepeatedKey(key, first, line)] = mapping.pop(key)


def _refuse(mapping: dict[str, Node], key: str, value: Node, first: int, line: int) -> None:  # noqa: ARG001  refused
    place = f" (first at line {first})" if first else ""
    msg = f"the key {key} is there twice{place}"
    raise YamlError(msg, line=line)


def _last(mapping: dict[str, Node], key: str, value: Node, first: int, line: int) -> None:  # noqa: ARG001  last wins
    mapping[key] = value


def _in_flow(value: Node) -> Node:
    """The oracle prints flow collections anew before it reads them: nothing becomes "", a colon is quoted."""
    if type(value) is not Scalar:
        return value
    return Quoted(value.text) if ":" in value.text else value if value.text else VOID


NODES = Dialect(resource_scalar, typed, Quoted, Folded, _odd, _mark, _in_flow)
"""Resource documents as nodes, for transformers."""
VALUES = Dialect(plain_value, plain_value, str, str, _no_odd, _refuse, None)
"""Resource documents as plain values; a repeated or odd key is an error."""
CONFIG = Dialect(config_value, config_value, str, str, _as_text, _last, None)
"""Kustomization files and their like as plain values."""
