"""What a pass works with, made once per process."""

from dataclasses import dataclass, field

from source_controller.git.remotes import Remotes
from source_controller.git.trust import Trust
from source_controller.publish import Publisher
from source_controller.settings import Settings


@dataclass(frozen=True)
class Parts:
    """The rooms of the controller."""

    settings: Settings
    remotes: Remotes
    publisher: Publisher
    trust: Trust = field(default_factory=Trust)
