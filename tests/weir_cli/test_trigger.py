"""`weir trigger receiver` against a server that verifies as the notification-controller does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notification_controller import webhook
from notification_controller.call import Call
from notification_controller.receivers import verify
from tests.weir_cli.stage import weir

TOKEN = "hunter2"
PATH = webhook.path(TOKEN.encode(), "push", "team-a")

REFUSED = {
    "no token": (("--url", "http://x"), "--url (https://...) and --token, or WEIR_TRIGGER_RECEIVER_TOKEN, are needed"),
    "another's type": (
        ("--type", "github"),
        "--type github: that is not served yet; use one of generic, generic-hmac",
    ),
    "OIDC": (
        ("--oidc-provider", "github"),
        "--type generic-oidc: no receiver verifies such tokens yet; use generic-hmac",
    ),
}


@contextmanager
def receiving(*answers: int) -> Iterator[tuple[str, list[Call]]]:
    """A server that answers so, one after the other; its address, and the calls that it gets."""
    calls: list[Call] = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == PATH
            calls.append(Call(body=body, headers={name.lower(): value for name, value in self.headers.items()}))
            self.send_response(left.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", calls
        server.shutdown()
        thread.join()


def test_it_is_tried_again_and_signed() -> None:
    with receiving(404, 503, 200) as (url, calls):
        words = ("push", "--url", f"{url}/", "--type", "generic-hmac", "--retry-delay", "10ms", "-n", "team-a")
        shown = weir("trigger", "receiver", *words, env={"WEIR_TRIGGER_RECEIVER_TOKEN": TOKEN})
    assert (shown.code, shown.out, len(calls)) == (0, "", 3)
    assert shown.err.splitlines()[0] == "► triggering receiver push in team-a namespace"
    assert shown.err.splitlines()[-1] == "✔ receiver triggered"
    assert PATH not in shown.err
    verify("generic-hmac", calls[-1], TOKEN.encode())


def test_a_refusal_is_final() -> None:
    with receiving(400) as (url, calls):
        shown = weir("trigger", "receiver", "push", "--url", url, "--token", TOKEN, "-n", "team-a")
    assert (shown.code, shown.err.splitlines()[-1].endswith("answered 400"), len(calls)) == (1, True, 1)
    assert "x-signature" not in calls[0].headers


@pytest.mark.parametrize(("words", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(words: tuple[str, ...], text: str) -> None:
    assert weir("trigger", "receiver", "push", *words) == (1, "", f"✗ {text}\n")
