"""The kustomize-controller."""

import sys

from kustomize_controller.app import NAME, start
from kustomize_controller.settings import Settings
from weir.runtime.manager import launch


def main() -> None:
    """Run until told to stop."""
    sys.exit(launch(Settings, NAME, lambda settings: settings.common, start))


if __name__ == "__main__":
    main()
