"""Which names objects may have (RFC 1123 labels and subdomains, and the freer names of RBAC). Pure."""

import re

from local_cluster.api.errors import Cause
from local_cluster.api.resources import ApiResource

_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
_SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_LONGEST_CRON_JOB = 52
_FREE = {"roles", "clusterroles", "rolebindings", "clusterrolebindings"}
_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def name_causes(resource: ApiResource, name: str) -> list[Cause]:
    """What is wrong with the name of an object; empty when nothing."""
    return [
        Cause("metadata.name", "FieldValueInvalid", f'Invalid value: "{name}": {text}')
        for text in _faults(resource, name)
    ]


def _faults(resource: ApiResource, name: str) -> list[str]:
    if resource.group == "rbac.authorization.k8s.io" and resource.plural in _FREE:
        return _path_segment(name)
    if resource.storage == "/namespaces" and "." in name:
        return ["must not contain dots"]
    if resource.storage == "batch/cronjobs" and len(name) > _LONGEST_CRON_JOB:
        return [f"must be no more than {_LONGEST_CRON_JOB} characters"]
    if resource.storage == "/namespaces":
        return _fits(name, 63, _LABEL, _LABEL_TEXT)
    if resource.storage == "/services":
        return _fits(name, 63, _LABEL, _LABEL_TEXT)
    return _fits(name, 253, _SUBDOMAIN, _SUBDOMAIN_TEXT)


def _fits(name: str, longest: int, pattern: re.Pattern[str], text: str) -> list[str]:
    faults = [] if len(name) <= longest else [f"must be no more than {longest} characters"]
    return faults if pattern.match(name) else [*faults, text]


def _path_segment(name: str) -> list[str]:
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{sign}'" for sign in ("/", "%") if sign in name]
