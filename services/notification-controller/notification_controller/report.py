"""What Alerts are told: Kubernetes events. They are sent in the background and never fed back into the event server."""

import re

from notification_controller.delivery import Reference
from weir.api.base import ObjectMeta
from weir.api.notification import Alert
from weir.runtime.events import Recorder
from weir.runtime.outcome import Notice, Severity

DISPATCH_FAILED = "NotificationDispatchFailed"
INVALID_CONFIG = "InvalidConfig"
SOURCE_FETCH_FAILED = "SourceFetchFailed"
APPEND_FAILED = "MetadataAppendFailed"
MIGRATION = "Migration"

_ANNOTATION = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")


class Reporter:
    """Puts events on Alerts."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def warn(self, alert: Reference, reason: str, message: str) -> None:
        """A Warning event. The message carries no secret."""
        self._tell(alert, Notice(Severity.ERROR, reason, message))

    def conflicts(self, alert: Reference, conflicts: dict[str, list[str]]) -> None:
        """Metadata keys that several sources set; the annotations name the sources."""
        named = "; ".join(f"{key} ({', '.join(sources)})" for key, sources in conflicts.items())
        message = f"metadata keys are set more than once, the last source wins: {named}"
        annotations = {key: ", ".join(sources) for key, sources in conflicts.items() if _ANNOTATION.match(key)}
        self._tell(alert, Notice(Severity.ERROR, APPEND_FAILED, message, annotations))

    def migrated(self, alert: Reference) -> None:
        """A Normal event: the finalizer of an old version is gone."""
        self._tell(alert, Notice(Severity.TRACE, MIGRATION, "removed the finalizer of an older version"))

    def _tell(self, alert: Reference, notice: Notice) -> None:
        metadata = ObjectMeta(name=alert.name, namespace=alert.namespace, uid=alert.uid)
        self._recorder.tell(Alert.DEFINITION.kind, metadata, notice)
