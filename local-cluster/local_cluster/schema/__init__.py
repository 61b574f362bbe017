"""The pure half of the local Kubernetes API: schemas, field ownership, merging, defaults, validation."""

from .schema import Schema, builtin, crd

__all__ = ["Schema", "builtin", "crd"]
