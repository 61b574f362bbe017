"""`gitlab` sends the token itself (https://docs.gitlab.com/user/project/integrations/webhooks). Pure."""

import hmac

from notification_controller.call import Call
from notification_controller.errors import Unverified


def verify(call: Call, token: bytes) -> None:
    """`X-Gitlab-Token` equals the token."""
    if not token or not hmac.compare_digest(call.header("x-gitlab-token").encode(errors="surrogateescape"), token):
        raise Unverified("X-Gitlab-Token does not match")
