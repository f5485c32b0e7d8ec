"""Commands of the operator on a machine where nothing was started yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from network.stack.errors import StackError
from network.stack.running import installed_servers


def test_a_command_before_the_first_start_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETWORK_DATA_DIR", str(tmp_path / "instance"))
    with pytest.raises(StackError, match="network up"), installed_servers():
        pass
    assert not (tmp_path / "instance" / "postgres").exists()
