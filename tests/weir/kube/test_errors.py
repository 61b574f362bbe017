"""Answers and the errors that they mean."""

import pytest

from weir.kube import errors
from weir.kube.errors import ApiError, from_answer

STATUS = '{{"kind":"Status","status":"Failure","message":"{0}","reason":"{1}","code":{2},"details":{{"name":"x"}}}}'

ANSWERS = {
    "not found": (404, STATUS.format("no x", "NotFound", 404), errors.NotFound, "no x"),
    "exists already": (409, STATUS.format("exists", "AlreadyExists", 409), errors.AlreadyExists, "exists"),
    "a conflict": (409, STATUS.format("changed", "Conflict", 409), errors.Conflict, "changed"),
    "too old a token": (410, STATUS.format("old", "Expired", 410), errors.Gone, "old"),
    "invalid": (422, STATUS.format("bad", "Invalid", 422), errors.Invalid, "bad"),
    "a watch's error event": (0, STATUS.format("too old", "Expired", 410), errors.Gone, "too old"),
    "a proxy's page": (502, "<html>bad gateway</html>", errors.ServerError, "<html>bad gateway</html>"),
    "nothing at all": (500, "", errors.ServerError, "the API server answered 500"),
    "an unknown code": (418, STATUS.format("teapot", "", 418), ApiError, "teapot"),
}


@pytest.mark.parametrize(("status", "body", "kind", "text"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers_become_errors(status: int, body: str, kind: type[ApiError], text: str) -> None:
    error = from_answer(status, body.encode())
    assert (type(error), str(error)) == (kind, text)


def test_an_endless_message_is_cut() -> None:
    assert len(str(from_answer(500, b"x" * 1_000_000))) == 8192


@pytest.mark.parametrize(("header", "seconds"), [("3", 3.0), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)])
def test_retry_after(header: str, seconds: float | None) -> None:
    assert from_answer(429, b"", header).retry_after == seconds
