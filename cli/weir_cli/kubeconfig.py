"""Kubeconfig files as the flags change them: another cluster, user, server, token or certificate for this one call."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from weir_cli.terminal import Halt

_NAME = "weir-flags"
"""Name of the context, cluster and user that the flags make."""
_HOME = "~/.kube/config"
_FILES = ("certificate-authority", "client-certificate", "client-key")


@dataclass(frozen=True)
class Overrides:
    """What the flags say instead of the kubeconfig; empty: as it stands there."""

    cluster: str = ""
    user: str = ""
    server: str = ""
    token: str = ""
    certificate_authority: str = ""
    client_certificate: str = ""
    client_key: str = ""
    tls_server_name: str = ""
    insecure_skip_tls_verify: bool = False

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Overrides":
        """Those of all flags that are meant."""
        return cls(**{item.name: given[item.name] for item in fields(cls)})


@dataclass
class Config:
    """Several kubeconfig files read as one: of equal names the first counts, the current context is the last given."""

    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    contexts: dict[str, dict[str, Any]] = field(default_factory=dict)
    current: str = ""

    def context(self, name: str = "") -> dict[str, Any]:
        """A context by name, or the current one; empty when there is none. Raises `Halt` when the name is unknown."""
        if name and name not in self.contexts:
            raise Halt(f"no context {name!r} in the kubeconfig: there are {', '.join(self.contexts) or 'none'}")
        return self.contexts.get(name or self.current, {})


def read(kubeconfig: str) -> Config:
    """The files by flag, KUBECONFIG or home. Raises `Halt` naming the file that is none."""
    from weir import yaml  # noqa: PLC0415  only who changes a kubeconfig reads it here

    config = Config()
    for part in (kubeconfig or os.environ.get("KUBECONFIG", "") or _HOME).split(os.pathsep):
        path = Path(part).expanduser()
        if not part or not path.exists():
            continue
        try:
            content = yaml.load(path.read_text(encoding="utf-8"))
        except (yaml.YamlError, UnicodeDecodeError) as error:
            raise Halt(f"{path}: {error}") from None
        if not isinstance(content, dict | None):
            raise Halt(f"{path} is no kubeconfig")
        _merge(config, content or {}, path.resolve().parent)
    return config


def _merge(config: Config, content: dict[str, Any], folder: Path) -> None:
    for known, plural, singular in (
        (config.clusters, "clusters", "cluster"),
        (config.users, "users", "user"),
        (config.contexts, "contexts", "context"),
    ):
        for item in content.get(plural) or ():
            if isinstance(item, dict) and isinstance(item.get(singular), dict):
                paths = {key: str(folder / item[singular][key]) for key in _FILES if item[singular].get(key)}
                known.setdefault(str(item.get("name")), {**item[singular], **paths})
    config.current = str(content.get("current-context") or config.current)


@contextmanager
def overridden(kubeconfig: str, context: str, overrides: Overrides) -> Iterator[tuple[str, str]]:
    """File and context to connect with; a private file that is gone afterwards when the flags change anything."""
    if overrides == Overrides():
        if context:
            read(kubeconfig).context(context)  # says what there is to choose from
        yield kubeconfig, context
        return
    from weir import yaml  # noqa: PLC0415  only who changes a kubeconfig writes one

    content = changed(read(kubeconfig), context, overrides)
    with TemporaryDirectory(prefix="weir-") as folder:
        path = Path(folder, "kubeconfig")
        path.touch(mode=0o600)
        path.write_text(yaml.dump(content), encoding="utf-8")
        yield str(path), _NAME


def changed(config: Config, context: str, overrides: Overrides) -> dict[str, Any]:
    """A kubeconfig of one context as the flags want it. Raises `Halt` naming what is missing."""
    base = config.context(context)
    cluster = {**_named(config.clusters, overrides.cluster, base.get("cluster"), "cluster"), **_cluster(overrides)}
    if not cluster.get("server"):
        raise Halt("no cluster: give --server, --context or a kubeconfig with a current context")
    if overrides.certificate_authority or overrides.insecure_skip_tls_verify:
        cluster.pop("certificate-authority-data", None)
    if overrides.insecure_skip_tls_verify:
        cluster.pop("certificate-authority", None)
    user = _user(overrides) or _named(config.users, overrides.user, base.get("user"), "user")
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": _NAME,
        "contexts": [{"name": _NAME, "context": {"cluster": _NAME, "user": _NAME}}],
        "clusters": [{"name": _NAME, "cluster": cluster}],
        "users": [{"name": _NAME, "user": user}],
    }


def _named(known: dict[str, dict[str, Any]], flag: str, name: Any, what: str) -> dict[str, Any]:
    if flag and flag not in known:
        raise Halt(f"--{what}: no {what} {flag!r} in the kubeconfig: there are {', '.join(known) or 'none'}")
    return known.get(flag or str(name), {})


def _cluster(overrides: Overrides) -> dict[str, Any]:
    found: dict[str, Any] = {
        "server": overrides.server,
        "certificate-authority": _absolute(overrides.certificate_authority),
        "tls-server-name": overrides.tls_server_name,
        "insecure-skip-tls-verify": overrides.insecure_skip_tls_verify,
    }
    return {key: value for key, value in found.items() if value}


def _user(overrides: Overrides) -> dict[str, Any]:
    found = {
        "token": overrides.token,
        "client-certificate": _absolute(overrides.client_certificate),
        "client-key": _absolute(overrides.client_key),
    }
    return {key: value for key, value in found.items() if value}


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().resolve()) if path else ""
