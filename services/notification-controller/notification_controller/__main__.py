"""The notification-controller's process."""

import sys

from notification_controller.app import NAME, start
from notification_controller.settings import Settings
from weir.runtime.manager import launch


def main() -> None:
    """Run until SIGTERM."""
    sys.exit(launch(Settings, NAME, lambda settings: settings.common, start))


if __name__ == "__main__":
    main()
