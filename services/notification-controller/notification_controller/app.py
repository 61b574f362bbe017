"""What the process consists of: who watches, who listens, who hands to whom."""

import asyncio
from collections.abc import Callable

from weir.kube.client import Client
from weir.kube.object import Key

from notification_controller import reconcile
from notification_controller.bus import Bus
from notification_controller.deliver import Deliverer
from notification_controller.dispatch import Dispatcher
from notification_controller.filter_process import FilterProcess
from notification_controller.finalizers import Finalizers
from notification_controller.ingest import Ingest
from notification_controller.lanes import Lanes
from notification_controller.metrics import BUS_UP, EVENT_HTTP, RECEIVER_HTTP
from notification_controller.mirror import Mirror
from notification_controller.receive import Paths, Webhooks
from notification_controller.report import Reporter
from notification_controller.send import Sender
from notification_controller.serve import Listener
from notification_controller.settings import Settings
from notification_controller.trigger import Trigger
from notification_controller.webhook import ROOT
from weir.api.notification import Alert, Provider, Receiver
from weir.runtime.events import Recorder, instance_name
from weir.runtime.manager import Process

NAME = "notification-controller"

AnyMirror = Mirror[Alert] | Mirror[Provider] | Mirror[Receiver]


def start(settings: Settings, client: Client) -> Process:
    """Everything wired up, nothing running yet."""
    bus, filters = Bus(settings.nats.login(), settings.nats.bounds(settings.window)), FilterProcess()
    recorder = Recorder(client, NAME, instance_name(), None)  # without an outbox: our events are not events for us
    reporter, paths = Reporter(recorder), Paths()
    finalizers = Finalizers(client, bus, reporter)
    sender = Sender()
    deliverer = Deliverer(bus, client, sender, reporter, settings.nats.deliveries_max_age)

    def provider_changed(key: Key, old: Provider | None, new: Provider | None) -> None:
        finalizers.provider_changed(key, old, new)
        lanes.changed()

    alerts = Mirror(Alert, finalizers.alert_changed)
    providers = Mirror(Provider, provider_changed)
    receivers = Mirror(Receiver, paths.changed)
    lanes = Lanes(bus, providers, deliverer)
    dispatcher = Dispatcher(bus, client, alerts, providers, reporter, settings)
    webhooks = Webhooks(
        client, paths, Trigger(client, filters), no_cross_namespace=settings.rules.no_cross_namespace_refs
    )
    events = Listener(
        settings.servers.events_addr, Ingest(bus, settings.window).handle, EVENT_HTTP, _label(settings, "/")
    )
    hooks = Listener(settings.servers.receiver_addr, webhooks.handle, RECEIVER_HTTP, _label(settings, ROOT))
    BUS_UP.set_function(lambda: float(bus.up))

    async def pipeline() -> None:
        """The bus goes last: what is being sent when the end comes can still be acknowledged."""
        connection = asyncio.create_task(bus.run(), name="nats")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_outcome(connection))
                for part in (events.run, dispatcher.run, lanes.run):
                    group.create_task(part())
        finally:
            connection.cancel()
            await asyncio.wait({connection})
            await sender.close()

    async def serve_webhooks() -> None:
        try:
            await hooks.run()
        finally:
            await filters.close()

    watching = settings.common.watching
    configs = (
        "" if settings.feature_gates.disable_config_watchers else settings.common.watching.watch_configs_label_selector
    )
    return Process(
        parts=(
            pipeline,
            serve_webhooks,
            recorder.run,
            finalizers.run,
            *(_following(mirror, client, watching.namespace) for mirror in (alerts, providers, receivers)),
            reconcile.controller(filters, concurrent=settings.common.concurrent, configs=configs),
        ),
        ready={
            "alerts": _synced(alerts),
            "providers": _synced(providers),
            "receivers": _synced(receivers),
        },
    )


def _following(
    mirror: Mirror[Alert] | Mirror[Provider] | Mirror[Receiver], client: Client, namespace: str
) -> Callable[[], object]:
    async def follow() -> None:
        await mirror.run(client, namespace)

    return follow


def _synced(mirror: AnyMirror) -> Callable[[], str]:
    return lambda: "" if mirror.synced.is_set() else "not all objects are known yet"


def _label(settings: Settings, root: str) -> Callable[[str], str]:
    """The label `handler` of the HTTP metrics."""
    if settings.servers.export_http_path_metrics:
        return lambda path: path.partition("?")[0][:253]
    return lambda _: root


async def _outcome(task: asyncio.Task[None]) -> None:
    """Fail when the task fails; leave it alone when we are cancelled."""
    await asyncio.shield(task)
