"""`github`, also for Gitea and Forgejo. Pure.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

from notification_controller.call import Call, check_signature
from notification_controller.errors import Unverified

_CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded")


def verify(call: Call, token: bytes) -> None:
    """The newer signature header, else the older one, over the body as it was sent, form or JSON."""
    content_type = call.header("content-type").partition(";")[0].strip().lower()
    if content_type not in _CONTENT_TYPES:
        raise Unverified(f"the content type must be one of {', '.join(_CONTENT_TYPES)}")
    signature = call.header("x-hub-signature-256") or call.header("x-hub-signature")
    check_signature(signature, call.body, token)
