"""Labels by which tools find what is installed (`spec/cli-and-ui.md` 1.10)."""

COMPONENT = "app.kubernetes.io/component"
INSTANCE = "app.kubernetes.io/instance"
"""The namespace of the installation, on objects outside it too."""
PART_OF = "app.kubernetes.io/part-of"
VERSION = "app.kubernetes.io/version"
MANAGED_BY = "app.kubernetes.io/managed-by"
"""The tool that installed it, when that is not the command line."""

OURS = f"{PART_OF}=flux"
"""Selects everything that is installed."""
