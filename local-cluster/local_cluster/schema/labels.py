"""The syntax of labels, annotations, selectors and names (apimachinery `util/validation`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import causes
from .errors import Cause

_NAME_PART = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST_LABEL, _LONGEST_PREFIX = 63, 253
_MOST_ANNOTATIONS = 256 * 1024

_NAME_PART_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
WILDCARD_TEXT = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
    "regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)


def dns_label(path: str, name: str) -> Iterator[Cause]:
    """A name that must be an RFC 1123 label."""
    if len(name) > _LONGEST_LABEL:
        yield causes.invalid(path, name, f"must be no more than {_LONGEST_LABEL} bytes")
    if not _LABEL.fullmatch(name):
        yield causes.invalid(path, name, _LABEL_TEXT)


def qualified_name(path: str, key: str) -> Iterator[Cause]:
    """A label or annotation key: a name, after an optional DNS prefix and `/`."""
    prefix, slash, name = key.rpartition("/")
    if slash and not prefix:
        yield causes.invalid(path, key, "prefix part must be non-empty")
    elif "/" in prefix:
        yield causes.invalid(path, key, f"a qualified name {_NAME_PART_TEXT.removeprefix('name part ')}")
        return
    elif slash and (len(prefix) > _LONGEST_PREFIX or not _SUBDOMAIN.fullmatch(prefix)):
        yield causes.invalid(path, key, f"prefix part {SUBDOMAIN_TEXT}")
    if not name:
        yield causes.invalid(path, key, "name part must be non-empty")
    elif len(name) > _LONGEST_LABEL:
        yield causes.invalid(path, key, f"name part must be no more than {_LONGEST_LABEL} bytes")
    if not _NAME_PART.fullmatch(name):
        yield causes.invalid(path, key, _NAME_PART_TEXT)


def label_value(path: str, value: Any) -> Iterator[Cause]:
    """The value of a label."""
    if isinstance(value, str) and len(value) > _LONGEST_LABEL:
        yield causes.invalid(path, value, f"must be no more than {_LONGEST_LABEL} bytes")
    if isinstance(value, str) and not _VALUE.fullmatch(value):
        yield causes.invalid(path, value, _VALUE_TEXT)


def label_map(path: str, labels: Mapping[str, Any]) -> Iterator[Cause]:
    """A map of labels."""
    for key, value in labels.items():
        yield from qualified_name(path, key)
        yield from label_value(path, value)


def label_causes(metadata: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """The labels of an object."""
    labels = metadata.get("labels")
    if isinstance(labels, Mapping):
        yield from label_map(causes.join(path, "labels"), labels)


def annotation_causes(metadata: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """The annotations of an object: keys as of labels, values free up to 256 KiB together."""
    annotations = metadata.get("annotations")
    if not isinstance(annotations, Mapping):
        return
    place = causes.join(path, "annotations")
    for key in annotations:
        yield from qualified_name(place, key.lower())
    size = sum(len(key.encode()) + len(str(value).encode()) for key, value in annotations.items())
    if size > _MOST_ANNOTATIONS:
        yield causes.too_long(place, _MOST_ANNOTATIONS)


def selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a `LabelSelector` matches labels; an absent selector matches nothing."""
    if not isinstance(selector, Mapping):
        return False
    equal = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return equal and all(_meets(expression, labels) for expression in selector.get("matchExpressions") or ())


def _meets(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = str(expression.get("key")), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
