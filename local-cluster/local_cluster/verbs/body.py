"""Reading what a client sent: format, identity, unknown fields."""

import re
from contextlib import suppress
from typing import Any

import msgspec

from local_cluster.api import protobuf
from local_cluster.api.errors import ApiError, Cause, bad_request, invalid, unsupported_media_type
from local_cluster.api.resources import ApiResource
from local_cluster.schema.decode import strict_errors, warned
from local_cluster.schema.facts import components_by_kind
from local_cluster.schema.go import go_type, json_fault, quoted
from local_cluster.state import State
from local_cluster.verbs.target import Options, Target
from weir import yaml
from weir.yaml.dialects import CONFIG, VALUES

Body = dict[str, Any]
JSON = "application/json"
YAML = "application/yaml"
ACCEPTED = (JSON, YAML, protobuf.MEDIA)


def read(raw: bytes, content_type: str, kind: str = "") -> Body:
    """Decode a body that should be of a kind. Raises 415 for a format we do not read, 400 for one that is broken."""
    media = _media(content_type)
    if media not in ACCEPTED:
        raise unsupported_media_type(ACCEPTED)
    if media == protobuf.MEDIA:
        return protobuf.read(raw)
    try:
        return parse(raw, lenient=media == YAML)
    except ApiError as bad:
        if not kind:
            raise
        text = f"the object provided is unrecognized (must be of type {kind}): {bad.message} ({_summary(raw)})"
        raise bad_request(text) from None


def _summary(raw: bytes) -> str:
    """The start of a body; in hexadecimal digits when it is no JSON object."""
    if not raw:
        return "<empty>"
    start = raw[:_SUMMARY]
    shown = start.decode(errors="replace") if raw.lstrip()[:1] == b"{" else start.hex()
    return shown if len(raw) <= _SUMMARY else f"{shown} ..."


def is_text(content_type: str) -> bool:
    """Whether a body of that type is JSON or YAML."""
    return _media(content_type) in (JSON, YAML)


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower() or JSON


_WHOLE = re.compile(rb"\d(\.0+(?!\d)|[eE][-+]?\d)")


def decode(raw: bytes) -> Any:
    """A JSON text; numbers without a fraction are whole, as Go writes them back. Raises `msgspec.DecodeError`."""
    value = msgspec.json.decode(raw)
    return _whole(value) if _WHOLE.search(raw) else value


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT else value


_EXACT = 1 << 53


def parse(raw: bytes, *, lenient: bool) -> Body:
    """Decode JSON, or YAML too when `lenient`; null is an empty object. Raises 400."""
    try:
        body = decode(raw)
    except RecursionError:
        raise bad_request(f"{_UNREADABLE}invalid character '[' exceeded max depth") from None
    except msgspec.DecodeError:
        if not lenient:
            raise bad_request(f"{_UNREADABLE}{json_fault(raw)}") from None
        body = _yaml(raw)
    wrong = body.get("kind") if isinstance(body, dict) else None
    if not isinstance(body, dict | None):
        raise bad_request(
            f"{_UNREADABLE}json: cannot unmarshal {go_type(body)} into Go value of type struct "
            '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
        )
    if wrong is not None and not isinstance(wrong, str):
        raise bad_request(
            f"{_UNREADABLE}json: cannot unmarshal {go_type(wrong)} into Go struct field .kind of type string"
        )
    return body or {}


_UNREADABLE = "couldn't get version/kind; json parse error: "


def parse_yaml(raw: bytes) -> Body:
    """Decode YAML, or JSON, to an object. Raises 400."""
    try:
        body = _json_or_yaml(raw)
    except ApiError as bad:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: {bad.message}") from None
    if not isinstance(body, dict | None):
        text = f"json: cannot unmarshal {go_type(body)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {text}")
    return body or {}


def _json_or_yaml(raw: bytes) -> Any:
    if raw[:1] == b"{":
        with suppress(msgspec.DecodeError, RecursionError):
            return decode(raw)
    return _yaml(raw)


_YAML = VALUES._replace(odd_key=CONFIG.odd_key, repeated=CONFIG.repeated)
"""Keys are made texts, and the last of a repeated one wins."""


def _yaml(raw: bytes) -> Any:
    try:
        return next((document.value for document in yaml.documents(raw, _YAML)), None)
    except yaml.YamlError as bad:
        raise bad_request(f"yaml: {_line(bad)}{bad.problem}") from None
    except UnicodeDecodeError as bad:
        raise bad_request(f"yaml: {bad}") from None


def _line(bad: yaml.YamlError) -> str:
    """The line as Go's library tells it: none for the first; its parser, unlike its scanner, counts from 0."""
    return f"line {bad.line - bad.problem.startswith('did not find expected')}: " if bad.line > 1 else ""


def identify(target: Target, body: Body) -> Body:
    """The body with kind, namespace and metadata made sure of. Raises 400 when it is of another place."""
    resource = target.resource
    version, kind = body.get("apiVersion") or resource.api_version, body.get("kind") or resource.kind
    if (version, kind) != (resource.api_version, resource.kind):
        raise bad_request(_stranger(resource, str(version), str(kind)))
    metadata = body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        place = "value" if resource.definition is not None else f"struct field {resource.kind}.metadata"
        why = f"json: cannot unmarshal {go_type(metadata)} into Go {place} of type v1.ObjectMeta"
        raise undecodable(resource, why)
    metadata = dict(metadata or {})
    if resource.namespaced:
        _same_namespace(target, metadata)
        metadata["namespace"] = target.namespace
    else:
        metadata.pop("namespace", None)
    return {**body, "apiVersion": version, "kind": kind, "metadata": metadata}


def _same_namespace(target: Target, metadata: Body) -> None:
    if metadata.get("namespace") not in (None, "", target.namespace):
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")


SCHEME = 'in scheme "pkg/runtime/scheme.go:111"'


def _stranger(resource: ApiResource, version: str, kind: str) -> str:
    """What the API server says of an object of another kind or version."""
    if resource.definition is not None or "beta" in version:
        return (
            f"the API version in the data ({version}) does not match the expected API version ({resource.api_version})"
        )
    refused = f'{kind} in version "{version.rpartition("/")[2]}" cannot be handled as a {resource.kind}'
    group, _, short = version.rpartition("/")
    if (group, short, kind) not in components_by_kind():
        return f'{refused}: no kind "{kind}" is registered for version "{version}" {SCHEME}'
    wanted = f"{resource.group.partition('.')[0] or 'core'}.{resource.kind}"
    return f"{refused}: converting ({short}.{kind}) to ({wanted}): unknown conversion"


def require_kind(target: Target, body: Body, raw: bytes) -> None:
    """Raise 400 when a custom resource does not say what it is, and 422 when it says another kind."""
    resource = target.resource
    if resource.definition is None:
        return
    if not body.get("kind"):
        why = f"Object 'Kind' is missing in '{raw.decode(errors='replace')}' ({_summary(raw)})"
        raise bad_request(f"the object provided is unrecognized (must be of type {resource.kind}): {why}")
    if body.get("apiVersion", "") != resource.api_version:
        raise bad_request(_stranger(resource, str(body.get("apiVersion", "")), resource.kind))
    if body["kind"] != resource.kind:
        text = f"Invalid value: {quoted(str(body['kind']))}: must be {resource.kind}"
        name = str((body.get("metadata") or {}).get("name") or "")
        raise invalid(resource.group, str(body["kind"]), name, [Cause("kind", "FieldValueInvalid", text)])


_SUMMARY = 30
"""Bytes of a body that an error shows."""


def require_name(target: Target, name: Any) -> None:
    """Raise 400 when an object's name is not that of the path."""
    if not name:
        raise bad_request(
            f"the name of the object ({target.name} based on URL) was undeterminable: name must be provided"
        )
    if name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")


def undecodable(resource: ApiResource, why: str) -> ApiError:
    """400 of a body that does not fit its kind."""
    return bad_request(f"{resource.kind} in version {_version(resource)} cannot be handled as a {resource.kind}: {why}")


def _version(resource: ApiResource) -> str:
    return f'"{resource.version}"'


def require_decodable(state: State, target: Target, body: Body) -> None:
    """Raise 400 when a field of a built-in kind has another type than its schema."""
    if why := state.schema(target.resource).undecodable(body):
        raise undecodable(target.resource, why)


def prune(state: State, target: Target, body: Body, options: Options) -> None:
    """Take out, in place, the fields that the schema lacks; with repeated ones they are refused or warned of."""
    unknown = state.schema(target.resource).prune(body)
    texts = strict_errors(options.sent, unknown, typed=target.resource.definition is None) if options.strict else []
    if texts and options.validation == "Strict":
        raise undecodable(target.resource, strict_text(texts))
    options.warnings.extend(warned(texts))


def strict_text(texts: list[str]) -> str:
    """What strict decoding says."""
    return f"strict decoding error: {', '.join(texts)}"


def refuse(target: Target, name: str, causes: list[Cause]) -> None:
    """Raise 422 when there are causes."""
    if causes:
        group = target.resource.storage.rpartition("/")[0]  # an event is one of the core group
        raise invalid(group, target.resource.kind, name, causes)
