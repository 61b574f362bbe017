"""One pass at one GitRepository, top to bottom; and what has to go before it may go."""

from source_controller.git import include, stored, trust
from source_controller.git.access import read_access, require_support
from source_controller.git.content import same_configuration, unchanged
from source_controller.git.ending import no_change, ready, up_to_date
from source_controller.git.fetch import Plan, fetch, resolve, wanted
from source_controller.git.parts import Parts
from weir.api.source import GitRepository
from weir.runtime.outcome import Ready
from weir.runtime.run import Run


async def reconcile(parts: Parts, run: Run[GitRepository]) -> Ready:
    """Make the artifact what the remote says: the whole story."""
    spec, before = run.object.spec, run.object.status
    await stored.begin(run)
    artifact = await stored.check(parts.publisher, run)
    require_support(spec, parts.settings)
    access, want = await read_access(run, parts.settings), wanted(run.object)
    found = await include.find(parts, run)
    included = tuple(each.artifact for each in found)
    candidates = await resolve(parts, run, access, want)
    trusted = await trust.read_verification(run, want)
    same = same_configuration(spec, before, included)
    if artifact and same and unchanged(before, candidates) and parts.trust.knows(run.key, trusted, artifact.revision):
        run.record(source_verification_mode=trust.mode(spec))
        return no_change(before, artifact, None if trusted else "")
    known = artifact.revision if artifact and same else ""
    plan = Plan(access, want, candidates, include.plans(parts, found), trusted, known)
    staged = await stored.stage(parts.publisher, run)
    try:
        fetched = await fetch(parts, run, plan, staged)
        run.record(source_verification_mode=trust.mode(spec))
        if artifact and not fetched.digest:
            return up_to_date(before, artifact, fetched.verified)
        artifact = await stored.publish(parts.publisher, run, fetched, staged)
    finally:
        await parts.publisher.store.discard(staged)
    run.record(
        artifact=artifact,
        included_artifacts=included,
        observed_ignore=spec.ignore,
        observed_recurse_submodules=spec.recurse_submodules,
        observed_include=spec.include,
        observed_sparse_checkout=spec.sparse_checkout,
    )
    stored.tell(run, fetched)
    return ready(before, artifact, fetched.verified, fetched.subject)


async def finalize(parts: Parts, run: Run[GitRepository]) -> None:
    """Remove what is stored for the object."""
    await stored.remove(parts.publisher, run)
    parts.trust.forget(run.key)
