"""`weir create secret`: Secrets with the keys that the controllers read."""

import base64
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weir_cli import creating
from weir_cli.flags import Command
from weir_cli.nouns import Body
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, action, success

if TYPE_CHECKING:
    from weir.kube.client import Client

WEBHOOK = "notification.toolkit.fluxcd.io/webhook"
"""Annotation with the address that a sender is given."""
_LATER = ("githubapp", "helm", "notation", "oci")


class Types(click.Group):
    """Types of Secret; of those that nothing reads yet, it says so."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a type. Raises `Halt` for one that no controller reads yet."""
        if cmd_name in _LATER:
            raise Halt(f"secret {cmd_name}: no controller reads it yet; there are git, tls, proxy and receiver")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Types)
def secret() -> None:
    """Create or update Secrets with the keys that the controllers read.

    \b
    What is secret is best read from a file or the environment: a command line can be seen by others.
    Example:
      weir create secret git podinfo --url https://example.com/podinfo.git -u git --password-file token
    """


@secret.command(cls=Command)
@click.argument("name")
@click.option("--url", default="", help="Address of the repository; its scheme decides which keys there are.")
@click.option("-u", "--username", default="", help="User, for https.")
@click.option("-p", "--password", default="", help="Password or token of the user; of the key, for ssh.")
@click.option("--password-file", default="", help="File with it.")
@click.option("--bearer-token", default="", help="Token, for https, instead of a user.")
@click.option("--ca-crt-file", "--ca-file", "ca_crt_file", default="", help="Certificates to trust, for https.")
@click.option("--private-key-file", default="", help="Private key, for ssh.")
@click.option("--known-hosts-file", default="", help="The server's keys, for ssh, as `ssh-keyscan HOST` prints them.")
@creating.options
@connected
def git(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update a Secret for a GitRepository.

    \b
    Examples:
      weir create secret git podinfo --url https://example.com/podinfo.git -u git --password-file token
      weir create secret git podinfo --url ssh://git@example.com/p.git --private-key-file id --known-hosts-file hosts
    """
    scheme = flags["url"].partition("://")[0]
    if scheme not in {"https", "http", "ssh"}:
        raise Halt("--url is needed: https://, http:// or ssh://")
    if flags["password_file"]:
        flags["password"] = _read("--password-file", flags["password_file"]).rstrip("\r\n")
    data = _ssh(flags) if scheme == "ssh" else _https(flags)
    _finish(connection, "git", name, data, labels, export=export)


@secret.command(cls=Command)
@click.argument("name")
@click.option("--tls-crt-file", default="", help="The client's certificate.")
@click.option("--tls-key-file", default="", help="The client's key.")
@click.option("--ca-crt-file", default="", help="Certificates to trust.")
@creating.options
@connected
def tls(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update a Secret for certSecretRef of a Provider, or a GitRepository over https.

    \b
    Example:
      weir create secret tls hooks --ca-crt-file ca.pem --tls-crt-file client.pem --tls-key-file client.key
    """
    if bool(flags["tls_crt_file"]) != bool(flags["tls_key_file"]):
        raise Halt("--tls-crt-file and --tls-key-file only work together")
    files = {"tls.crt": "tls_crt_file", "tls.key": "tls_key_file", "ca.crt": "ca_crt_file"}
    data = {key: _read(_flag(flag), flags[flag]) for key, flag in files.items() if flags[flag]}
    if not data:
        raise Halt("give --ca-crt-file, or --tls-crt-file and --tls-key-file, or all three")
    _finish(connection, "tls", name, data, labels, export=export)


@secret.command(cls=Command)
@click.argument("name")
@click.option("--address", default="", help="Address of the proxy: http, https or socks5.")
@click.option("-u", "--username", default="", help="User at the proxy.")
@click.option("-p", "--password", default="", help="Password of the user.")
@creating.options
@connected
def proxy(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update a Secret for proxySecretRef.

    \b
    Example:
      weir create secret proxy way-out --address http://proxy.example.com:3128
    """
    if not flags["address"].startswith(("http://", "https://", "socks5://")):
        raise Halt("--address is needed: http://, https:// or socks5://")
    if flags["password"] and not flags["username"]:
        raise Halt("--password needs --username")
    keys = ("address", "username", "password")
    _finish(connection, "proxy", name, {key: flags[key] for key in keys if flags[key]}, labels, export=export)


@secret.command(cls=Command)
@click.argument("name")
@click.option("--type", "type_", default="", help="Type of the Receiver.")
@click.option("--hostname", default="", help="Host that the webhooks are reached at.")
@click.option("--token", default="", help="The token; a random one if not given.")
@creating.options
@connected
def receiver(connection: Connection, /, name: str, *, labels: tuple[str, ...], export: bool, **flags: Any) -> None:
    """Create or update the Secret of the Receiver of the same name; an annotation holds the address for senders.

    \b
    Example:
      weir create secret receiver push --type github --hostname hooks.example.com
    """
    from notification_controller import webhook  # noqa: PLC0415  only this command needs it
    from notification_controller.receivers import VERIFIERS  # noqa: PLC0415  same

    creating.known("--type", flags["type_"], VERIFIERS)
    if not flags["hostname"]:
        raise Halt("--hostname is needed: the host that webhooks are reached at")
    token = flags["token"] or secrets.token_hex(32)
    path = webhook.path(token.encode(), name, connection.namespace)
    note = {WEBHOOK: f"https://{flags['hostname']}{path}"}
    _finish(connection, "receiver", name, {"token": token}, labels, export=export, annotations=note)


def _https(flags: dict[str, Any]) -> dict[str, str]:
    token, username, password = flags["bearer_token"], flags["username"], flags["password"]
    if bool(token) == bool(username or password) or bool(username) != bool(password):
        raise Halt("give --username with --password or --password-file, or --bearer-token")
    keys = {"username": username, "password": password, "bearerToken": token}
    if flags["ca_crt_file"]:
        keys["ca.crt"] = _read("--ca-crt-file", flags["ca_crt_file"])
    return {key: value for key, value in keys.items() if value}


def _ssh(flags: dict[str, Any]) -> dict[str, str]:
    if not (flags["private_key_file"] and flags["known_hosts_file"]):
        raise Halt(
            "ssh needs --private-key-file (`ssh-keygen -t ed25519` makes one) and --known-hosts-file "
            "(`ssh-keyscan HOST` prints it; compare it with what the server's owner publishes)"
        )
    keys = {
        "identity": _read("--private-key-file", flags["private_key_file"]),
        "known_hosts": _read("--known-hosts-file", flags["known_hosts_file"]),
        "password": flags["password"],
    }
    public = Path(f"{flags['private_key_file']}.pub")
    if public.exists():
        keys["identity.pub"] = _read("--private-key-file", str(public))
    return {key: value for key, value in keys.items() if value}


def _finish(
    connection: Connection,
    type_: str,
    name: str,
    data: dict[str, str],
    labels: tuple[str, ...],
    *,
    export: bool,
    annotations: dict[str, str] | None = None,
) -> None:
    body: Body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": creating.named(name), "namespace": connection.namespace},
        "type": "Opaque",
    }
    if given := creating.labelled(labels):
        body["metadata"]["labels"] = given
    if annotations:
        body["metadata"]["annotations"] = annotations
    if export:
        creating.show([{**body, "stringData": data}])
        return
    body["data"] = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}

    async def command(client: "Client") -> None:
        kind = await client.discovery.kind("v1", "Secret")
        done = await creating.upsert(client, kind, body)
        action(f"{type_} secret '{name}' {done} in '{connection.namespace}' namespace")
        if annotations:
            success(f"address for senders in its annotation {WEBHOOK}")

    run(connection, command)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _read(flag: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Halt(f"{flag} {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Halt(f"{flag} {path}: that is no text") from None
