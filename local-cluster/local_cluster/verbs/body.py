"""Reading what a client sent: format, identity, unknown fields."""

from typing import Any

import msgspec

from local_cluster.api import protobuf
from local_cluster.api.errors import ApiError, Cause, bad_request, invalid, unsupported_media_type
from local_cluster.api.resources import ApiResource
from local_cluster.schema.decode import strict_errors
from local_cluster.state import State
from local_cluster.verbs.target import Options, Target
from weir import yaml

Body = dict[str, Any]
JSON = "application/json"
YAML = "application/yaml"
ACCEPTED = (JSON, YAML, protobuf.MEDIA)


def read(raw: bytes, content_type: str) -> Body:
    """Decode a body. Raises 415 for a format we do not read and 400 for one that is broken."""
    media = _media(content_type)
    if media not in ACCEPTED:
        raise unsupported_media_type(ACCEPTED)
    return protobuf.read(raw) if media == protobuf.MEDIA else parse(raw, lenient=media == YAML)


def is_json(content_type: str) -> bool:
    """Whether a body of that type is JSON and nothing else."""
    return _media(content_type) == JSON


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower() or JSON


def parse(raw: bytes, *, lenient: bool) -> Body:
    """Decode JSON, or YAML too when `lenient`. Raises 400."""
    try:
        body = msgspec.json.decode(raw)
    except RecursionError:
        raise bad_request("couldn't get version/kind; json parse error: exceeded max depth") from None
    except msgspec.DecodeError as bad:
        if not lenient:
            raise bad_request(f"couldn't get version/kind; json parse error: {bad}") from None
        body = _yaml(raw)
    if not isinstance(body, dict):
        raise bad_request("couldn't get version/kind; json parse error: the body is not an object")
    return body


def _yaml(raw: bytes) -> Any:
    try:
        return yaml.load(raw)
    except (yaml.YamlError, UnicodeDecodeError) as bad:
        raise bad_request(f"error decoding YAML: {bad}") from None


def identify(target: Target, body: Body) -> Body:
    """The body with kind, namespace and metadata made sure of. Raises 400 when it is of another place."""
    resource = target.resource
    version, kind = body.get("apiVersion") or resource.api_version, body.get("kind") or resource.kind
    if version != resource.api_version:
        raise bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({resource.api_version})"
        )
    if kind != resource.kind:
        raise bad_request(
            f"{kind} in version {_quoted(resource)} cannot be handled as a {resource.kind}: no kind {_kind(kind)} "
            f"is registered for version {_quoted(resource)}"
        )
    metadata = body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise undecodable(resource, "json: cannot unmarshal into Go struct field .metadata of type v1.ObjectMeta")
    metadata = dict(metadata or {})
    if resource.namespaced:
        _same_namespace(target, metadata)
        metadata["namespace"] = target.namespace
    elif metadata.pop("namespace", ""):
        raise bad_request("namespace is not allowed on this type")
    return {**body, "apiVersion": version, "kind": kind, "metadata": metadata}


def _same_namespace(target: Target, metadata: Body) -> None:
    if metadata.get("namespace") not in (None, "", target.namespace):
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")


def _quoted(resource: ApiResource) -> str:
    return f'"{resource.version}"' if not resource.group else f'"{resource.api_version}"'


def _kind(kind: str) -> str:
    return f'"{kind}"'


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
    options.warnings.extend(texts)


def strict_text(texts: list[str]) -> str:
    """What strict decoding says."""
    return f"strict decoding error: {', '.join(texts)}"


def refuse(target: Target, name: str, causes: list[Cause]) -> None:
    """Raise 422 when there are causes."""
    if causes:
        raise invalid(target.resource.group, target.resource.kind, name, causes)
