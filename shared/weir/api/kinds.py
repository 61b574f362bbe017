"""Every kind that we serve: the table that CRDs, tools and tests walk."""

from weir.api.base import Resource
from weir.api.kustomization import Kustomization
from weir.api.notification import Alert, Provider, Receiver
from weir.api.source import ExternalArtifact, GitRepository

KINDS: tuple[type[Resource], ...] = (
    GitRepository,
    ExternalArtifact,
    Kustomization,
    Receiver,
    Provider,
    Alert,
)
