"""What the process consists of: who watches, who listens, who hands to whom."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Never

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
from weir.kube.client import Client
from weir.runtime.events import Recorder, instance_name
from weir.runtime.manager import Process

NAME = "notification-controller"


def start(settings: Settings, client: Client) -> Process:
    """Everything wired up, nothing running yet."""
    bus, filters, paths = Bus(settings.nats.login(), settings.nats.bounds(settings.window)), FilterProcess(), Paths()
    recorder = Recorder(client, NAME, instance_name(), None)  # without an outbox: our events are not events for us
    reporter = Reporter(recorder)
    finalizers = Finalizers(client, bus, reporter)
    alerts, providers, receivers = Mirror(Alert), Mirror(Provider), Mirror(Receiver)
    sender = Sender()
    lanes = Lanes(bus, providers, Deliverer(bus, client, sender, reporter, settings.nats.deliveries_max_age))
    alerts.listen(finalizers.alert_changed)
    providers.listen(finalizers.provider_changed)
    providers.listen(lanes.changed)
    receivers.listen(paths.changed)
    BUS_UP.set_function(lambda: float(bus.up))
    dispatcher = Dispatcher(bus, client, alerts, providers, reporter, settings)
    webhooks = Webhooks(
        client, paths, Trigger(client, filters), cross_namespace=not settings.rules.no_cross_namespace_refs
    )
    events, hooks = _listeners(settings, Ingest(bus, settings.window), webhooks)
    namespace = settings.common.watching.namespace
    return Process(
        parts=(
            partial(_pipeline, bus, sender, (events.run, dispatcher.run, lanes.run)),
            partial(_webhooks, hooks, filters),
            recorder.run,
            finalizers.run,
            partial(alerts.run, client, namespace),
            partial(providers.run, client, namespace),
            partial(receivers.run, client, namespace),
            reconcile.controller(filters, concurrent=settings.common.concurrent, configs=_configs(settings)),
        ),
        ready={"alerts": alerts.unsynced, "providers": providers.unsynced, "receivers": receivers.unsynced},
    )


def _listeners(settings: Settings, ingest: Ingest, webhooks: Webhooks) -> tuple[Listener, Listener]:
    servers = settings.servers
    return (
        Listener(servers.events_addr, ingest.handle, EVENT_HTTP, _label(settings, "/")),
        Listener(servers.receiver_addr, webhooks.handle, RECEIVER_HTTP, _label(settings, ROOT)),
    )


def _label(settings: Settings, root: str) -> Callable[[str], str]:
    """The label `handler` of the HTTP metrics."""
    if settings.servers.export_http_path_metrics:
        return lambda path: path.partition("?")[0][:253]
    return lambda _: root


def _configs(settings: Settings) -> str:
    """Which Secrets are watched for Receivers; empty: none."""
    if settings.feature_gates.disable_config_watchers:
        return ""
    return settings.common.watching.watch_configs_label_selector


async def _pipeline(bus: Bus, sender: Sender, parts: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """The bus goes last: what is being sent when the end comes can still be acknowledged."""
    connection = asyncio.create_task(bus.run(), name="nats")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_outcome(connection))
            for part in parts:
                group.create_task(_running(part))
    finally:
        connection.cancel()
        await asyncio.wait({connection})
        await sender.close()


async def _webhooks(hooks: Listener, filters: FilterProcess) -> None:
    try:
        await hooks.run()
    finally:
        await filters.close()


async def _running(part: Callable[[], Awaitable[None]]) -> None:
    await part()


async def _outcome(task: asyncio.Task[Never]) -> None:
    """Fail when the task fails; leave it alone when we are cancelled."""
    await asyncio.shield(task)
