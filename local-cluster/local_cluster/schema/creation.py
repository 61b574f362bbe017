"""What is asked of a new built-in object alone: later it may not change or is somebody else's."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import causes
from .errors import Cause
from .events import created
from .labels import selects
from .rules_workloads import template_labels

Object = Mapping[str, Any]
Rule = Callable[[Object], Iterator[Cause]]


def creation_causes(new: Object) -> list[Cause]:
    """What is wrong with a new built-in object beside what would be wrong with a changed one."""
    rule = _RULES.get((new.get("apiVersion", ""), new.get("kind", "")))
    return list(rule(new)) if rule else []


def _definition(definition: Object) -> Iterator[Cause]:
    spec, name = definition.get("spec") or {}, (definition.get("metadata") or {}).get("name")
    if name != f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}":
        yield causes.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')


def _job(job: Object) -> Iterator[Cause]:
    """A selector that the server is to make has to be the one it made."""
    metadata, spec = job.get("metadata") or {}, job.get("spec") or {}
    if spec.get("manualSelector") or not spec.get("selector"):
        return
    has = dict(sorted(template_labels(spec).items()))
    own = {"controller-uid": metadata.get("uid"), "job-name": metadata.get("name")}
    needed = own | {f"batch.kubernetes.io/{name}": value for name, value in own.items()}
    for label, value in needed.items():
        if has.get(label) != value:
            yield causes.invalid(f"spec.template.metadata.labels[{label}]", has, f"must be '{value}'")
    if not selects(spec["selector"], needed):
        yield causes.invalid("spec.selector", spec["selector"], "`selector` not auto-generated")


_RULES: dict[tuple[str, str], Rule] = {
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): _definition,
    ("batch/v1", "Job"): _job,
    ("events.k8s.io/v1", "Event"): created,
}
