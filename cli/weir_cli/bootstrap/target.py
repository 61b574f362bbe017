"""Where the fleet repository is, and what the toolkit is told of it. Pure."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import weir
from weir import yaml
from weir_cli.installation.options import Options

Body = dict[str, Any]

COMPONENTS = "gotk-components.yaml"
SYNC = "gotk-sync.yaml"
_PLAIN = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)


@dataclass(frozen=True)
class Target:
    """A branch of a repository, and the folder of this cluster in it."""

    url: str
    """`https://`, `ssh://` or, if allowed, `http://`."""
    branch: str
    path: str
    """From the repository's root, without a slash at either end; empty: the root."""
    interval: str
    secret: str
    username: str
    password: str = field(repr=False)
    insecure: bool = False
    """Whether plain http will do."""

    def __post_init__(self) -> None:
        """Raise `ValueError` naming the flag that is wrong, and what it takes."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"https", "http", "ssh"} or not parts.hostname:
            raise ValueError("--url takes https://HOST/PATH or ssh://git@HOST/PATH")
        if parts.scheme == "http" and not self.insecure:
            raise ValueError("--url is plain http, which anybody on the way can read: --allow-insecure-http allows it")
        if parts.password or (parts.username and parts.scheme != "ssh"):
            raise ValueError("--url holds credentials, and would be committed: use --username and GIT_PASSWORD")
        if self.path and (not _PLAIN.fullmatch(self.path) or {".", "..", ".git"} & set(self.path.split("/"))):
            raise ValueError(f"--path {self.path!r} is not a folder of the repository, such as clusters/production")
        if not _PLAIN.fullmatch(self.branch) or self.branch.startswith("-"):
            raise ValueError(f"--branch {self.branch!r} is not the name of a branch")

    @property
    def ssh(self) -> bool:
        """Whether Git is reached over ssh."""
        return self.url.startswith("ssh://")


def folder(target: Target, namespace: str) -> str:
    """Where the toolkit's own files are, from the repository's root."""
    return f"{target.path}/{namespace}".lstrip("/")


def sync(target: Target, options: Options) -> list[Body]:
    """The objects by which the toolkit follows the repository."""
    metadata = {"name": options.namespace, "namespace": options.namespace}
    login = {"secretRef": {"name": target.secret}} if target.ssh or target.password else {}
    # Where tenants are locked in, whoever names no account has none of the toolkit's rights.
    account = {"serviceAccountName": "kustomize-controller"} if options.locked else {}
    source = {"interval": target.interval, "ref": {"branch": target.branch}, "url": target.url, **login}
    root = {
        "interval": "10m0s",
        "path": root_path(target),
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": options.namespace},
        **account,
    }
    return [
        {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": metadata, "spec": source},
        {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata, "spec": root},
    ]


def root_path(target: Target) -> str:
    """`spec.path` of the root Kustomization."""
    return f"./{target.path}"


def sync_file(bodies: list[Body]) -> str:
    """The file that holds them."""
    head = f"# Written by `weir bootstrap` v{weir.__version__}. DO NOT EDIT: patch it from a kustomization.yaml.\n"
    return f"---\n{head}{yaml.dump_all(bodies)}"


KUSTOMIZATION = (
    f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- {COMPONENTS}\n- {SYNC}\n"
)
"""What the user's file begins with."""


def is_same_path(found: str, wanted: str) -> bool:
    """Whether two values of `spec.path` mean one folder."""
    return found.removeprefix("./").strip("/") == wanted.removeprefix("./").strip("/")
