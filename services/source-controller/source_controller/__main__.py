"""The source-controller's process."""

import sys

from source_controller.app import NAME, start
from source_controller.settings import Settings
from weir.runtime.manager import launch


def main() -> None:
    """Run until SIGTERM."""
    sys.exit(launch(Settings, NAME, lambda settings: settings.common, start))


if __name__ == "__main__":
    main()
