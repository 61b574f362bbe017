"""Leader election by a Lease, as client-go's: one holder at a time, by everybody's own monotonic clock.

A lease fences nothing by itself: what a leader writes passes a `Fence`, and what was under way has to bear another
leader, see `docs/architecture.md`.
"""

import asyncio
import contextlib
import logging
import math
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.fence import Fence
from weir.kube.kinds import LEASE

_log = logging.getLogger("weir.kube")


class LeadershipLost(KubeError):
    """The lease could not be renewed in time; what was done under it has been cancelled."""


class Election:
    """One candidate for one lease. Times are seconds. `fence` is what the leader's writes pass, not the lease's own."""

    def __init__(
        self,
        client: Client,
        name: str,
        namespace: str,
        *,
        identity: str,
        lease_duration: float = 35.0,
        renew_deadline: float = 30.0,
        retry_period: float = 5.0,
        release_on_cancel: bool = True,
        fence: Fence,
    ) -> None:
        if not lease_duration > renew_deadline > retry_period > 0:
            raise ValueError(
                "leader election: the lease duration must be longer than the renew deadline, and that than the retry "
                f"period (got {lease_duration:g}s, {renew_deadline:g}s, {retry_period:g}s)"
            )
        self._client = client
        self._name, self._namespace, self._identity = name, namespace, identity
        self._duration, self._deadline, self._period = lease_duration, renew_deadline, retry_period
        self._release_on_cancel = release_on_cancel
        self._fence = fence
        self._seen: tuple[str, float] = ("", 0.0)
        """The last record of another holder, and when it was first seen (loop time)."""

    async def run(self, lead: Callable[[], Awaitable[None]]) -> None:
        """Wait for the lease, then lead while it can be renewed.

        Returns when `lead` does. Raises `LeadershipLost` after cancelling it when the renew deadline passes or somebody
        else holds the lease.
        """
        clock = asyncio.get_running_loop().time
        while True:
            asked = clock()
            if await self._holder(self._period) == self._identity:
                break
            await asyncio.sleep(self._period * random.uniform(1.0, 1.2))  # noqa: S311  jitter, no secret
        self._fence.open_until(asked + self._deadline)
        _log.info("leading as %s by lease %s/%s", self._identity, self._namespace, self._name)
        leading = asyncio.ensure_future(lead())
        try:
            lost = await self._renew(leading, asked)
            if not leading.done():
                raise LeadershipLost(f"lease {self._namespace}/{self._name}: {lost}")
            await leading
        finally:
            if await self._ended(leading) and self._release_on_cancel:
                await self._release()

    async def _ended(self, leading: "asyncio.Future[None]") -> bool:
        """Cancel what is done under the lease; whether it ended before somebody else may begin."""
        leading.cancel()
        _done, still = await asyncio.wait({leading}, timeout=self._duration - self._deadline)
        if still:
            _log.error("lease %s/%s: what was begun under it does not end", self._namespace, self._name)
        elif not leading.cancelled() and (error := leading.exception()):
            _log.debug("lease %s/%s: the leading ended with: %r", self._namespace, self._name, error)
        return not still

    async def _renew(self, leading: "asyncio.Future[None]", renewed: float) -> str:
        """Renew until the leading ends, the deadline passes or the lease is another's; why, if the leading goes on.

        The lease counts from the moment before it was asked for: the answer may have been long under way.
        """
        clock = asyncio.get_running_loop().time
        while (left := renewed + self._deadline - clock()) > 0:
            await asyncio.wait({leading}, timeout=min(self._period, left))
            asked = clock()
            left = renewed + self._deadline - asked
            if leading.done():
                return ""
            holder = await self._holder(min(left, self._period)) if left > 0 else ""
            if holder == self._identity and clock() - renewed < self._deadline:
                renewed = asked
                self._fence.open_until(renewed + self._deadline)
            elif holder not in {"", self._identity}:
                return f"{holder} holds it"
        return f"not renewed within {self._deadline:g}s"

    async def _holder(self, limit: float) -> str:
        """Who holds the lease after we tried to take or renew it; empty when that is not known within `limit`."""
        try:
            async with asyncio.timeout(limit):
                return await self._take()
        except (KubeError, TimeoutError) as error:
            _log.info("lease %s/%s: %s", self._namespace, self._name, error or "no answer in time")
            return ""

    async def _take(self) -> str:
        try:
            lease = await self._client.get(LEASE, self._name, self._namespace)
        except NotFound:
            body = {
                "apiVersion": LEASE.api_version,
                "kind": LEASE.kind,
                "metadata": {"name": self._name, "namespace": self._namespace},
                "spec": self._spec(_now(), 0),
            }
            await self._client.create(LEASE, body, self._namespace)
            return self._identity
        spec: dict[str, Any] = lease.body().get("spec") or {}
        holder = str(spec.get("holderIdentity") or "")
        if holder not in {"", self._identity} and not self._expired(spec):
            return holder
        transitions = int(spec.get("leaseTransitions") or 0)
        acquired = str(spec.get("acquireTime") or _now())
        if holder != self._identity:
            acquired, transitions = _now(), transitions + 1
        await self._write(lease.metadata.resource_version, self._spec(acquired, transitions))
        return self._identity

    def _expired(self, spec: dict[str, Any]) -> bool:
        """Whether another holder's record has stood unchanged for its whole duration, by our own clock."""
        now = asyncio.get_running_loop().time()
        record = f"{spec.get('holderIdentity')} {spec.get('renewTime')} {spec.get('leaseTransitions')}"
        if self._seen[0] != record:
            self._seen = (record, now)
        return now - self._seen[1] >= float(spec.get("leaseDurationSeconds") or self._duration)

    async def _write(self, resource_version: str, spec: dict[str, Any]) -> None:
        """Raises `Conflict` when somebody was quicker."""
        patch = {"metadata": {"resourceVersion": resource_version}, "spec": spec}
        await self._client.patch(LEASE, self._name, self._namespace, patch)

    async def _release(self) -> None:
        """Give the lease up, if it is still ours, so that the next leader need not wait for its end."""
        with contextlib.suppress(KubeError, TimeoutError):
            async with asyncio.timeout(self._period):
                lease = await self._client.get(LEASE, self._name, self._namespace)
                spec = lease.body().get("spec") or {}
                if spec.get("holderIdentity") == self._identity:
                    free = {**self._spec(_now(), int(spec.get("leaseTransitions") or 0)), "holderIdentity": ""}
                    await self._write(lease.metadata.resource_version, {**free, "leaseDurationSeconds": 1})

    def _spec(self, acquired: str, transitions: int) -> dict[str, Any]:
        return {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": math.ceil(self._duration),
            "acquireTime": acquired,
            "renewTime": _now(),
            "leaseTransitions": transitions,
        }


def _now() -> str:
    """The moment as Kubernetes' MicroTime."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
