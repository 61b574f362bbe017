"""`weir create receiver`, `alert` and `alert-provider`: who is told what, and who may ask for reconciles."""

from typing import Any

import click

from weir.api.base import LocalObjectReference
from weir.api.notification import (
    Alert,
    AlertSpec,
    EventSource,
    Provider,
    ProviderSpec,
    Receiver,
    ReceiverResource,
    ReceiverSpec,
)
from weir_cli import creating, nouns
from weir_cli.flags import Command
from weir_cli.session import Connection, connected
from weir_cli.terminal import Halt


@click.command(cls=Command)
@click.argument("name")
@click.option("--type", "type_", default="", help="Who calls: generic, generic-hmac, github, gitlab.")
@click.option("--secret-ref", default="", help="Secret with the token that calls are verified with.")
@click.option("--event", multiple=True, help="Event types that are taken; all when not given.")
@click.option("--resource", multiple=True, help="Kind/name[.namespace] to reconcile; may be repeated.")
@click.option("--interval", default="10m", show_default=True, help="How often the Secret is looked at.")
@creating.options
@connected
def receiver(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update a Receiver, and print the path of its webhook.

    \b
    Example:
      weir create receiver push --type github --event push --secret-ref webhook --resource GitRepository/podinfo
    """
    from notification_controller.receivers import VERIFIERS  # noqa: PLC0415  only this command needs it

    creating.known("--type", flags["type_"], VERIFIERS)
    resources = creating.listed(flags["resource"])
    if not (flags["secret_ref"] and resources):
        raise Halt(
            "--secret-ref and --resource are needed: the Secret with the token, and Kind/name of what to reconcile"
        )
    spec = ReceiverSpec(
        type=flags["type_"],
        resources=tuple(map(_resource, resources)),
        interval=creating.interval("--interval", flags["interval"]),
        events=creating.listed(flags["event"]),
        secret_ref=LocalObjectReference(flags["secret_ref"]),
    )
    made = creating.meta(Receiver.DEFINITION, name, connection.namespace, labels)
    creating.finish(connection, Receiver(**made, spec=spec), export=export)


@click.command(cls=Command)
@click.argument("name")
@click.option("--provider-ref", default="", help="The alert-provider to send to.")
@click.option("--event-severity", type=click.Choice(["info", "error"]), default="info", help="info sends everything.")
@click.option("--event-source", multiple=True, help="Kind/name[.namespace]; the name may be *. May be repeated.")
@creating.options
@connected
def alert(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update an Alert.

    \b
    Example:
      weir create alert apps --provider-ref chat --event-severity error --event-source 'Kustomization/*'
    """
    sources = creating.listed(flags["event_source"])
    if not (flags["provider_ref"] and sources):
        raise Halt("--provider-ref and --event-source are needed: an alert-provider, and Kind/name of what to hear of")
    spec = AlertSpec(
        provider_ref=LocalObjectReference(flags["provider_ref"]),
        event_sources=tuple(map(_event_source, sources)),
        event_severity=flags["event_severity"],
    )
    made = creating.meta(Alert.DEFINITION, name, connection.namespace, labels)
    creating.finish(connection, Alert(**made, spec=spec), export=export)


@click.command(cls=Command)
@click.argument("name")
@click.option("--type", "type_", default="", help="The service: slack, discord, msteams, generic, ...")
@click.option("--address", default="", help="Where messages go; keep one that is secret in a Secret.")
@click.option("--channel", default="", help="Channel, room or topic.")
@click.option("--username", default="", help="Name that messages are sent under.")
@click.option("--secret-ref", default="", help="Secret with address, token and the like.")
@creating.options
@connected
def alert_provider(
    connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any
) -> None:
    """Create or update a Provider.

    \b
    Example:
      weir create alert-provider chat --type slack --channel dev --secret-ref chat
    """
    from notification_controller.providers import RENDERERS  # noqa: PLC0415  only this command needs it

    creating.known("--type", flags["type_"], RENDERERS)
    spec = ProviderSpec(
        type=flags["type_"],
        address=flags["address"],
        channel=flags["channel"],
        username=flags["username"],
        secret_ref=LocalObjectReference(flags["secret_ref"]) if flags["secret_ref"] else None,
    )
    made = creating.meta(Provider.DEFINITION, name, connection.namespace, labels)
    creating.finish(connection, Provider(**made, spec=spec), export=export)


def _resource(text: str) -> ReceiverResource:
    kind, name, namespace = creating.reference("--resource", text)
    found = nouns.by_kind(kind)
    return ReceiverResource(
        kind=kind,  # type: ignore[arg-type]  # checked with the whole object
        name=name,
        namespace=namespace or None,
        match_labels={} if name == "*" else None,
        api_version=found.kind.api_version if found else "",
    )


def _event_source(text: str) -> EventSource:
    kind, name, namespace = creating.reference("--event-source", text)
    return EventSource(kind=kind, name=name, namespace=namespace or None)  # type: ignore[arg-type]  # same
