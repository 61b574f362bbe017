"""What has to hold before a pass builds anything: supported features, sound expressions, ready dependencies."""

from kustomize_controller import depends
from kustomize_controller.clusters import NO_CONFIG_MAP
from kustomize_controller.errors import DependencyNotReady, FeatureGateDisabled, InvalidExpression
from kustomize_controller.parts import Parts
from kustomize_controller.source import Found
from kustomize_controller.tasks import AskReady, CheckReady, CheckRules, Verdict
from kustomize_controller.workers import WorkerError
from weir.api.kustomization import Kustomization
from weir.cel import CelError
from weir.health import expressions
from weir.kube.errors import NotFound, Undecodable
from weir.kube.object import Key
from weir.runtime.run import Run


async def require_support(parts: Parts, ks: Kustomization) -> None:
    """Refuse what this version cannot do, and expressions that are none, before anything is touched.

    Raises `FeatureGateDisabled`, `InvalidExpression`.
    """
    if ks.spec.decryption:
        raise FeatureGateDisabled("spec.decryption is not supported yet")
    if ks.spec.kube_config and ks.spec.kube_config.config_map_ref:
        raise FeatureGateDisabled(NO_CONFIG_MAP)
    try:
        expressions.table(ks.spec.health_check_exprs)
        if ks.spec.health_check_exprs:
            await parts.workers.ask(CheckRules(ks.spec.health_check_exprs))
    except (CelError, WorkerError) as error:
        raise InvalidExpression(f"spec.{error}") from error


async def require_dependencies(parts: Parts, run: Run[Kustomization], found: Found) -> None:
    """Every dependency has to be ready. Raises `DependencyNotReady`, `InvalidExpression`."""
    ks = run.object
    if not ks.spec.depends_on:
        return
    known = {key: ready for key in depends.keys(ks) if (ready := await _dependency(parts, run, key))}
    verdicts = await _verdicts(parts, run, known)
    additive = parts.settings.features.additive_cel_dependency_check
    unmet = depends.unmet(ks, found.artifact.revision, known, verdicts, additive=additive)
    if unmet:
        raise DependencyNotReady(str(unmet), after=parts.settings.requeue_dependency, metadata=found.metadata)


async def _dependency(parts: Parts, run: Run[Kustomization], key: Key) -> Kustomization | None:
    """A dependency as the watch has it; one of another shard is read."""
    if (known := parts.catalog.get(key)) is not None:
        return known
    try:
        return (await run.client.get(Kustomization.DEFINITION.kind, key.name, key.namespace)).decode(Kustomization)
    except (NotFound, Undecodable):
        return None


async def _verdicts(parts: Parts, run: Run[Kustomization], known: dict[Key, Kustomization]) -> dict[int, bool | str]:
    """What each `readyExpr` gives, by the dependency's index."""
    ks = run.object
    asked = [(index, it) for index, it in enumerate(ks.spec.depends_on) if it.ready_expr]
    if not asked:
        return {}
    named = tuple((it.ready_expr, f"dependsOn[{index}].readyExpr") for index, it in asked)
    verdicts: dict[int, bool | str] = {}
    try:
        await parts.workers.ask(CheckReady(named))
    except WorkerError as error:
        raise InvalidExpression(f"spec.{error}") from error
    kind = Kustomization.DEFINITION.kind
    own = await run.client.get(kind, run.key.name, run.key.namespace)
    for index, reference in asked:
        key = depends.key_of(reference, ks.metadata.namespace)
        if key not in known:
            continue
        dep = await run.client.get(kind, key.name, key.namespace)
        try:
            answer: Verdict = await parts.workers.ask(AskReady(reference.ready_expr, own.raw, dep.raw))
        except WorkerError as error:
            verdicts[index] = str(error)
            continue
        verdicts[index] = answer.error or answer.ready
    return verdicts
