"""Addresses and node ports are free ones, down to the last."""

import pytest

from local_cluster.admission.services import FIRST_PORT, LAST_PORT, free_port
from local_cluster.api.errors import ApiError

PORTS = range(FIRST_PORT, LAST_PORT + 1)


def test_the_last_free_port_is_found_and_then_there_is_none() -> None:
    taken = {(port, "TCP") for port in PORTS if port != 31_234}
    assert free_port(taken, "TCP") == 31_234
    assert free_port(taken, "UDP") in PORTS
    with pytest.raises(ApiError, match="failed to allocate a nodePort: range is full"):
        free_port(taken | {(31_234, "TCP")}, "TCP")
