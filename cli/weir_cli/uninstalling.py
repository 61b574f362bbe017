"""The steps of `weir uninstall`; each says what it does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from weir.api import duration
from weir.kube.client import Client
from weir_cli.installation import removal, state
from weir_cli.installation.removal import Found, Outcome
from weir_cli.session import Connection
from weir_cli.terminal import Halt, action, confirm, failure, success, waiting, warning


@dataclass
class Uninstalling:
    """One run of it."""

    client: Client
    connection: Connection
    dry_run: bool
    left: list[Found] = field(default_factory=list, init=False)
    """What could not be removed."""

    async def run(self, *, silent: bool, keep_namespace: bool) -> None:
        """All of it. Raises `Halt` when something is left."""
        namespace = self.connection.namespace
        everywhere = await removal.workloads(self.client)
        workloads = [each for each in everywhere if each.object.metadata.namespace == namespace]
        others = sorted({each.object.metadata.namespace for each in everywhere} - {namespace})
        rest = await removal.rest(self.client, namespace)
        if others and not (workloads or rest):
            raise Halt(f'no controllers found in "{namespace}" namespace: they run in {", ".join(others)}')
        await self._agree(others, silent=silent)
        action(f"deleting components in {namespace} namespace")
        await self._controllers(workloads)
        await self._delete(rest)
        if others:
            warning(f"controllers run in {', '.join(others)} too: definitions and their objects stay")
        else:
            await self._definitions()
        if not keep_namespace:
            await self._namespace()
        if self.left:
            raise Halt(f"uninstall failed: {len(self.left)} objects are left")
        success("uninstall finished")

    async def _agree(self, others: Sequence[str], *, silent: bool) -> None:
        if silent or self.dry_run:
            return
        there = await state.distribution(self.client)
        whose = f" ({there.foreign} looks after them)" if there and there.foreign else ""
        what = "" if others else ", and every Kustomization, source and other object of the toolkit"
        confirm(f"Remove the controllers in {self.connection.namespace}{whose}{what}?", "--silent")

    async def _controllers(self, workloads: Sequence[Found]) -> None:
        """Raise `Halt` when one may still run: it would prune what its Kustomizations have applied."""
        await self._delete(workloads)
        await self._wait(workloads)
        if self.left:
            raise Halt("uninstall failed: nothing else is removed while controllers may run")

    async def _definitions(self) -> None:
        definitions = await removal.definitions(self.client)
        action("deleting finalizers in all namespaces")
        held = await removal.held(self.client, definitions)
        if not self._tell(await removal.release(self.client, held, dry_run=self.dry_run), "finalizers deleted"):
            raise Halt("uninstall failed: the definitions stay while objects have finalizers")
        action("deleting definitions")
        await self._delete(definitions)
        await self._wait(definitions)

    async def _namespace(self) -> None:
        found = await removal.namespace(self.client, self.connection.namespace)
        if not found:
            warning(f"Namespace/{self.connection.namespace} was not made by an installation: it stays")
        await self._delete(found)
        await self._wait(found)

    async def _delete(self, found: Sequence[Found]) -> None:
        self._tell(await removal.delete(self.client, found, dry_run=self.dry_run), "deleted")

    def _tell(self, outcomes: Sequence[Outcome], done: str) -> bool:
        """Say what became of each object; whether all went well."""
        for outcome in outcomes:
            if outcome.problem:
                failure(f"{outcome.found.subject}: {outcome.problem}")
                self.left.append(outcome.found)
            else:
                success(f"{outcome.found.subject} {done}{' (dry run)' if self.dry_run else ''}")
        return not any(outcome.problem for outcome in outcomes)

    async def _wait(self, found: Sequence[Found]) -> None:
        """Wait until objects are gone; those that stay are told."""
        deleted = [each for each in found if each not in self.left]
        if self.dry_run or not deleted:
            return
        waiting(f"waiting until {', '.join(sorted({each.kind.plural for each in deleted}))} are gone")
        for each in await removal.gone(self.client, deleted, self.connection.timeout):
            failure(f"{each.subject} is still there after {duration.text(self.connection.timeout)}")
            self.left.append(each)
