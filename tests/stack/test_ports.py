"""Two copies never share a port, however close they start."""

from __future__ import annotations

import socket

import pytest

from network.stack.errors import StackError
from network.stack.ports import is_free, reserved_port


def test_a_port_is_reserved_before_anybody_listens_on_it() -> None:
    with reserved_port("127.0.0.1", 0) as first, reserved_port("127.0.0.1", first) as second:
        assert is_free("127.0.0.1", first)
        assert second > first


def test_a_port_is_free_again_afterwards() -> None:
    with reserved_port("127.0.0.1", 0) as first:
        pass
    with reserved_port("127.0.0.1", first) as again:
        assert again == first


def test_a_port_that_shares_itself_is_still_taken() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert not is_free("127.0.0.1", other.getsockname()[1])


def test_no_port_left_is_said() -> None:
    with (
        reserved_port("127.0.0.1", 65535),
        pytest.raises(StackError, match="all taken"),
        reserved_port("127.0.0.1", 65535),
    ):
        pass
