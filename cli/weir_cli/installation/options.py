"""What is to be installed, as the flags of `weir install` say it. Pure."""

import re
from dataclasses import dataclass, field

COMPONENTS = ("source-controller", "kustomize-controller", "notification-controller")
REQUIRED = COMPONENTS[:2]
LOG_LEVELS = ("trace", "debug", "info", "error")

_NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_NAME}(\.{_NAME})*"
_PATTERNS = {
    "registry": (r"[\w.:/-]*", "a registry, such as mirror.example/platform"),
    "image_pull_secret": (rf"({_SUBDOMAIN})?", "the name of a Secret"),
    "cluster_domain": (_SUBDOMAIN, "a domain, such as cluster.local"),
}
_TAINT = re.compile(rf"({_SUBDOMAIN}/)?[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True)
class Options:
    """How Weir is installed; the defaults are those of the chart."""

    namespace: str = "flux-system"
    components: tuple[str, ...] = COMPONENTS
    registry: str = ""
    """What goes before the name of every image; empty: nothing."""
    image_pull_secret: str = ""
    registry_creds: str = field(default="", repr=False)
    """`user:password` for the registry, of which the pull Secret is made; empty: it is there already."""
    log_level: str = "info"
    cluster_domain: str = "cluster.local"
    watch_all_namespaces: bool = True
    network_policy: bool = True
    toleration_keys: tuple[str, ...] = ()
    """Taints that all pods tolerate, whatever their value and effect."""
    locked: bool = True
    """Whether tenants are locked in: no references across namespaces, no remote bases, a default ServiceAccount."""

    def __post_init__(self) -> None:
        """Raise `ValueError` naming the flag that is wrong, and what it takes."""
        if unknown := [name for name in self.components if name not in COMPONENTS]:
            raise ValueError(
                f"--components: {', '.join(unknown)} is no part of Weir: there are {', '.join(COMPONENTS)}"
            )
        if missing := [name for name in REQUIRED if name not in self.components]:
            raise ValueError(f"--components: {', '.join(missing)} cannot be left out")
        for name, (pattern, meant) in _PATTERNS.items():
            if not re.fullmatch(pattern, getattr(self, name), re.ASCII):
                raise ValueError(f"--{name.replace('_', '-')}: {getattr(self, name)!r} is not {meant}")
        if self.registry_creds and not (self.registry and self.image_pull_secret):
            raise ValueError("--registry-creds needs --registry and --image-pull-secret")
        if self.registry_creds and not all(self.registry_creds.partition(":")):
            raise ValueError("--registry-creds is not user:password")
        for key in self.toleration_keys:
            if not _TAINT.fullmatch(key):
                raise ValueError(f"--toleration-keys: {key!r} is not the key of a taint")

    @property
    def notifies(self) -> bool:
        """Whether events are taken in, and so NATS is there to carry them."""
        return "notification-controller" in self.components


def listed(text: str) -> tuple[str, ...]:
    """The words of a flag that takes several, in their order, each once."""
    return tuple(dict.fromkeys(filter(None, (word.strip() for word in text.split(",")))))
