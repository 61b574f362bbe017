"""Every way to end has a reason, a text and a class that says what happens next."""

from collections.abc import Iterator

import pytest

from notification_controller import errors
from weir.runtime.outcome import Ending, Failed, Stalled


def below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each
        yield from below(each)


ENDINGS = {each.__name__: each for each in below(Ending)}
REASONS = {
    "TokenNotFound": ("TokenNotFound", Failed),
    "InvalidExpression": ("InvalidCELExpression", Stalled),
    "InvalidReceiver": ("ValidationFailed", Stalled),
}
RESULTS = {
    "DeliveryError": "failed",
    "Unusable": "unusable",
    "NotSupported": "not_supported",
    "Rejected": "rejected",
    "Undelivered": "failed",
}


def test_every_ending_is_in_the_table() -> None:
    assert set(ENDINGS) == set(REASONS)


@pytest.mark.parametrize("name", REASONS)
def test_reasons(name: str) -> None:
    kind = ENDINGS[name]
    assert issubclass(kind, Ending)
    reason, base = REASONS[name]
    assert (kind.reason, issubclass(kind, base)) == (reason, True)


def test_every_delivery_error_has_a_result_for_the_metric() -> None:
    kinds = [errors.DeliveryError, *below(errors.DeliveryError)]
    assert {each.__name__: each.result for each in kinds if issubclass(each, errors.DeliveryError)} == RESULTS


def test_every_class_is_drawn_in_the_tree() -> None:
    drawn = errors.__doc__ or ""
    mine = [each for each in vars(errors).values() if isinstance(each, type) and each.__module__ == errors.__name__]
    assert all(each.__name__ in drawn for each in mine)
