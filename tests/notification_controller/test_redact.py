"""What errors may show."""

from typing import Any

import pytest

from notification_controller.message import Config
from notification_controller.redact import redact


def config(**fields: Any) -> Config:
    return Config(type="slack", name="apps/chat", **fields)


TEXTS: dict[str, tuple[Config, str, str]] = {
    "a token wherever it occurs": (config(token=b" tok1 \n"), "a tok1 b tok1", "a ***** b *****"),
    "a token cut by its last character": (config(token=b"tok1"), "a tok b", "a ***** b"),
    "a token with its last character repeated": (config(token=b"tok1"), "a tok1111 b", "a ***** b"),
    "passwords and header values": (
        config(password="hunter2", headers={"X": "s3cr3t-value"}),
        "hunter2 s3cr3t-value",
        "***** *****",
    ),
    "a webhook address, whole and in parts": (
        config(address="https://hooks.slack.com/services/T0/B0/xyz"),
        "POST https://hooks.slack.com/services/T0/B0/xyz: no route /services/T0/B0/xyz at hooks.slack.com",
        "POST *****: no route /***** at hooks.slack.com",
    ),
    "user information of a proxy": (
        config(proxy="http://user1:pass1@proxy:3128"),
        "proxy user1 pass1",
        "proxy ***** *****",
    ),
    "keys of NATS": (config(creds="-----A\nSUAKEY\n", nkey="SUOTHER"), "SUAKEY SUOTHER", "***** *****"),
    "nothing to hide": (config(), "connection refused", "connection refused"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_redact(case: str) -> None:
    given, text, shown = TEXTS[case]
    assert redact(text, given) == shown
