import subprocess
from pathlib import Path

import pytest
import redis

from dexter import embedded


def test_a_server_answers_and_is_gone_after_its_block(tmp_path: Path) -> None:
    listen = embedded.socket_path(tmp_path / "v")
    with embedded.Server(listen) as server:
        with redis.from_url(f"unix://{listen}") as client:
            client.set("a", "1")
            assert client.get("a") == b"1"
        pid = server.process.pid
    assert not embedded.answers(listen)
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 1


def test_a_kept_server_still_has_its_data_after_a_kill(tmp_path: Path) -> None:
    listen = embedded.socket_path(tmp_path)
    for starts in (1, 2):
        with embedded.Server(listen, keep=True) as server, redis.from_url(f"unix://{listen}") as client:
            assert client.incr("starts") == starts
            client.waitaof(1, 0, 5000)
            server.process.kill()


def test_a_long_path_moves_the_socket_to_a_short_one(tmp_path: Path) -> None:
    listen = embedded.socket_path(tmp_path / ("d" * 120))
    assert len(str(listen)) <= embedded.LONGEST_SOCKET_PATH
    listen.parent.rmdir()


def test_no_server_for_this_machine_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "z80")
    with pytest.raises(embedded.NoServer, match="set REDIS_URL"):
        embedded.server_binary()
