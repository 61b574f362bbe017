"""What is to be done with one object, decided from the manifest, the live object and a dry run."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from weir.apply import drift, ignore, managers
from weir.apply.changes import Action, Reference
from weir.apply.ignore import Compiled
from weir.apply.manifest import disabled
from weir.apply.stages import Stage, stage


class Wanted(NamedTuple):
    """An object as it is to be sent."""

    reference: Reference
    body: Mapping[str, Any]
    origin: str = ""
    """File and line that it comes from."""
    digest: bytes = b""

    @classmethod
    def of(cls, body: Mapping[str, Any], origin: str = "") -> "Wanted":
        """With name and digest taken from the body."""
        raw = msgspec.json.encode(body, order="deterministic")
        return cls(Reference.read(body), body, origin, hashlib.sha256(raw).digest())


class Options(NamedTuple):
    """How objects are applied."""

    force: bool = False
    """Recreate objects when an immutable field changes."""
    recreates: bool = True
    """Whether anything may be recreated at all."""
    manager: str = managers.MANAGER
    """The field manager to apply as. Takeovers go to the default one: another has none."""
    ignore: tuple[Compiled, ...] = ()
    takeovers: tuple[managers.Takeover, ...] = managers.takeovers()
    custom: Collection[tuple[str, str]] = frozenset()
    """Group and kind of what stage 3 takes."""
    concurrency: int = 4
    timeout: float = 300.0
    """Seconds that recreating an object may take."""
    stage_timeout: float = 60.0
    """Seconds until definitions and classes have to be healthy."""
    migrate: bool = False
    """Move the managed fields of live objects to the manifest's API version."""


class Left(NamedTuple):
    """An object as we left it, known not to have changed since."""

    uid: str
    resource_version: str
    digest: bytes
    """Of what was wanted then."""


class Step(NamedTuple):
    """What is to be done with an object."""

    wanted: Wanted
    action: Action
    reference: Reference
    payload: Mapping[str, Any] | None = None
    live: Mapping[str, Any] | None = None
    cleanup: bool = False
    recreate: bool = False
    differs: tuple[str, ...] = ()
    """Where live and wanted differ, as JSON pointers."""

    @property
    def changes(self) -> bool:
        """Whether something is sent."""
        return self.action in (Action.CREATED, Action.CONFIGURED)


def skipped(wanted: Wanted, live: Mapping[str, Any] | None) -> Step | None:
    """The step for an object that is to be left alone by a switch on the manifest or the live object, else None."""
    alone = any(
        disabled(obj, key=key, value=value)
        for obj in (wanted.body, live)
        for key, value in (("reconcile", "disabled"), ("ssa", "Ignore"))
    )
    if not alone and not (live is not None and disabled(wanted.body, key="ssa", value="IfNotPresent")):
        return None
    reference = Reference.read(live) if live is not None else wanted.reference
    return Step(wanted, Action.SKIPPED, reference, live=live)


def decide(wanted: Wanted, live: Mapping[str, Any] | None, dry_run: Mapping[str, Any], options: Options) -> Step:
    """The step for an object that an apply would leave as `dry_run` says.

    `live` is None when it does not exist, and when it exists but cannot be read: then it is applied in any case.
    """
    reference = Reference.read(dry_run)._replace(api_version=wanted.reference.api_version, kind=wanted.reference.kind)
    if live is None:
        exists = (dry_run.get("metadata") or {}).get("resourceVersion")
        return Step(wanted, Action.CONFIGURED if exists else Action.CREATED, reference, payload=wanted.body)
    patch = [] if _merges(wanted.body, live) else managers.cleanup(live, options.takeovers)
    cleaned = managers.cleaned(live, patch)
    pointers = ignore.paths(options.ignore, dry_run)
    differs = drift.paths(drift.without_ignored(cleaned, pointers), drift.without_ignored(dry_run, pointers))
    if not patch and not differs:
        return Step(wanted, Action.UNCHANGED, reference, live=live)
    payload = ignore.payload(wanted.body, dry_run, cleaned, pointers) if pointers else wanted.body
    return Step(wanted, Action.CONFIGURED, reference, payload, live, bool(patch), differs=differs)


def recreated(wanted: Wanted, live: Mapping[str, Any], options: Options) -> Step | None:
    """The step for an object whose immutable field changed, if it may be deleted and created anew, else None."""
    asked = options.force or any(disabled(obj, key="force", value="enabled") for obj in (wanted.body, live))
    if not options.recreates or not asked:
        return None
    return Step(wanted, Action.CREATED, wanted.reference, wanted.body, live, recreate=True)


def is_immutable(status: int, message: str) -> bool:
    """Whether an API server's answer is about an immutable field, or may be: any conflict and validation error is."""
    return status in (409, 422) or "is immutable" in message or "immutable field" in message


def _merges(body: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    return any(disabled(obj, key="ssa", value="Merge") for obj in (body, live))


class Outlook(NamedTuple):
    """What the steps decided so far will bring into being: later objects may need it before they can be tried."""

    namespaces: frozenset[str] = frozenset()
    kinds: frozenset[tuple[str, str]] = frozenset()
    """Group and kind of CRDs that are created or changed."""
    stage: Stage | None = None
    """The last stage in which something changes."""

    def after(self, step: Step, custom: Collection[tuple[str, str]]) -> "Outlook":
        """The outlook with one more step."""
        if not step.changes:
            return self
        namespaces, kinds, body = self.namespaces, self.kinds, step.wanted.body
        if step.wanted.reference.kind == "Namespace" and step.action is Action.CREATED:
            namespaces |= {step.wanted.reference.name}
        spec = body.get("spec")
        if step.wanted.reference.kind == "CustomResourceDefinition" and isinstance(spec, Mapping):
            names = spec.get("names")
            kind = names.get("kind") if isinstance(names, Mapping) else None
            kinds |= {(str(spec.get("group") or ""), str(kind or ""))}
        return Outlook(namespaces, kinds, max(self.stage or Stage.DEFINITIONS, stage(step.wanted.reference, custom)))

    def comes(self, reference: Reference) -> bool:
        """Whether the object's namespace or kind comes with this apply, so that it cannot be tried before."""
        return reference.namespace in self.namespaces or (reference.group, reference.kind) in self.kinds

    def may_help(self, reference: Reference, custom: Collection[tuple[str, str]]) -> bool:
        """Whether something of an earlier stage changes: a refusal may turn into a permission by it."""
        return self.stage is not None and self.stage < stage(reference, custom)
