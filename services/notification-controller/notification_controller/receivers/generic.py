"""`generic` trusts whoever knows the path; `generic-hmac` wants the body signed. Pure."""

from notification_controller.call import Call, check_signature


def verify(call: Call, token: bytes) -> None:
    """Take any call: the path is the secret."""


def verify_signed(call: Call, token: bytes) -> None:
    """`X-Signature: <algorithm>=<hex>` over the body."""
    check_signature(call.header("x-signature"), call.body, token)
