"""One event: find the Alerts that want it, and queue a delivery for each. The whole story, top to bottom.

An event is acknowledged when all its deliveries are in the queue. After a crash it comes again; the deliveries that
were queued already are known by their identity.
"""

import logging
from collections.abc import Mapping

import msgspec

from notification_controller import match, metrics
from notification_controller.announce import announce
from notification_controller.bus import Bus
from notification_controller.consume import Item, events
from notification_controller.delivery import Delivery, Reference, plan
from notification_controller.errors import BusDown, Refused
from notification_controller.metadata import without_token
from notification_controller.mirror import Mirror
from notification_controller.report import DISPATCH_FAILED, INVALID_CONFIG, SOURCE_FETCH_FAILED, Reporter
from notification_controller.settings import Settings
from notification_controller.wire import decode, pack
from weir.api.event import Event
from weir.api.notification import Alert, Provider
from weir.kube.client import Client
from weir.kube.errors import KubeError, Unreachable

_LOG = logging.getLogger(__name__)


class Dispatcher:
    """Turns events into deliveries. Several replicas share the work: each event goes to one of them."""

    def __init__(
        self,
        bus: Bus,
        client: Client,
        alerts: Mirror[Alert],
        providers: Mirror[Provider],
        reporter: Reporter,
        settings: Settings,
    ) -> None:
        self._bus = bus
        self._client = client
        self._alerts = alerts
        self._providers = providers
        self._reporter = reporter
        self._settings = settings

    async def run(self) -> None:
        """Take events in their order, until cancelled. Nothing is taken before all Alerts and Providers are known."""
        await self._alerts.synced.wait()
        await self._providers.synced.wait()
        pull = events(self._bus, self._announce)
        try:
            while True:
                await self._take(await pull.next())
        finally:
            await pull.close()

    async def _announce(self) -> None:
        """The stream is new: what it may have held is told by the cluster."""
        try:
            await announce(self._bus, self._client, self._alerts, self._settings.common.watching.namespace)
        except Unreachable as error:
            raise BusDown(f"the Kubernetes API, asked for what fails: {error}") from error

    async def _take(self, item: Item) -> None:
        try:
            event = decode(item.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            _LOG.error("what somebody put on the bus is no event: it is dropped")
            await item.done()
            return
        try:
            async with item.held():
                await self.dispatch(event, item.identity)
        except BusDown as error:
            _LOG.warning("an event waits: %s", error)
            await item.later(1)
        except Exception:  # noqa: BLE001  a mistake about one event must not hold up all others
            _LOG.exception("an event could not be dispatched")
            await item.later(min(5.0 * item.attempt, 300.0))
        else:
            await item.done()

    async def dispatch(self, event: Event, identity: str) -> None:
        """Queue the event for every Alert that wants it. Raises `BusDown` before all is queued."""
        event = without_token(event)
        for alert in await self._wanting(event):
            delivery = self._plan(event, alert)
            if delivery is not None:
                where = delivery.alert.namespace, delivery.provider
                await self._bus.publish_delivery(*where, pack(delivery), f"{identity}.{delivery.alert.uid}")
                metrics.DISPATCHED.labels("queued").inc()

    async def _wanting(self, event: Event) -> list[Alert]:
        passing = [(alert, match.sources(alert, event)) for alert in self._alerts.objects.values()]
        passing = [(alert, entries) for alert, entries in passing if entries]
        labels: Mapping[str, str] | None = None
        if asking := [alert for alert, entries in passing if match.needs_labels(entries)]:
            labels = await self._labels(event, asking)
        wanting = []
        for alert, entries in passing:
            verdict = match.judge(alert, event, entries, labels)
            for problem in verdict.problems:
                self._reporter.warn(_reference(alert), INVALID_CONFIG, problem)
            if verdict.wanted:
                wanting.append(alert)
        return wanting

    async def _labels(self, event: Event, asking: list[Alert]) -> Mapping[str, str] | None:
        """The labels of the event's object; `None`, and a word to the Alerts that asked, when it cannot be read."""
        about = event.involved_object
        try:
            kind = await self._client.discovery.kind(about.api_version, about.kind)
            return (await self._client.get(kind, about.name, about.namespace)).metadata.labels
        except KubeError as error:
            for alert in asking:
                message = f"cannot read {about.kind}/{about.namespace}/{about.name} to match its labels: {error}"
                self._reporter.warn(_reference(alert), SOURCE_FETCH_FAILED, message)
            return None

    def _plan(self, event: Event, alert: Alert) -> Delivery | None:
        about, spec = event.involved_object, alert.spec
        provider = self._providers.get(alert.metadata.namespace, spec.provider_ref.name) if spec else None
        try:
            made = plan(
                event,
                alert,
                provider,
                no_cross_namespace=self._settings.rules.no_cross_namespace_refs,
                identities=self._settings.feature_gates.object_level_workload_identity,
            )
        except Refused as error:
            message = f"failed to send the notification about {about.kind}/{about.namespace}/{about.name}: {error}"
            self._reporter.warn(_reference(alert), DISPATCH_FAILED, message)
            metrics.DISPATCHED.labels("refused").inc()
            return None
        if made.skipped:
            level = logging.DEBUG if made.expected else logging.INFO
            _LOG.log(level, "Alert %s/%s: %s", alert.metadata.namespace, alert.metadata.name, made.skipped)
            metrics.DISPATCHED.labels("skipped").inc()
        if made.conflicts:
            self._reporter.conflicts(_reference(alert), made.conflicts)
        return made.delivery


def _reference(alert: Alert) -> Reference:
    return Reference(alert.metadata.namespace, alert.metadata.name, alert.metadata.uid)
