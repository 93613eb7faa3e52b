"""The Redis of one data folder: private, kept over kills, and never two."""

import os
import signal
import stat
import threading
from pathlib import Path

import pytest
import redis

from data_bank_api.commands import own_redis as room
from data_bank_api.commands.own_redis import OwnRedis
from data_bank_api.commands.part import StartError
from data_bank_api.commands.redis_binary import find_redis
from tests.fakes.redis_server import RedisServer


def make(folder: Path, binary: Path | None = None) -> OwnRedis:
    found = binary or find_redis()
    assert found is not None
    return OwnRedis(found, folder)


def get(server: RedisServer, key: str) -> bytes | None:
    with server.connect() as connection:
        found = connection.get(key)
    assert found is None or isinstance(found, bytes)
    return found


def fails(own: OwnRedis) -> str:
    """How its start fails, whose process is over then."""
    with pytest.raises(StartError) as caught:
        own.wait(own.start(), threading.Event())
    return str(caught.value)


def script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def test_what_it_was_told_outlives_a_kill(own_redis: RedisServer) -> None:
    with own_redis.connect() as connection:
        connection.set("told", "before")
    own_redis.kill()
    own_redis.start()
    assert get(own_redis, "told") == b"before"


def test_what_it_was_told_outlives_a_stop(own_redis: RedisServer) -> None:
    with own_redis.connect() as connection:
        connection.set("told", "before")
    own_redis.restart()
    assert get(own_redis, "told") == b"before"


def test_only_its_owner_comes_near_and_no_port_leads_to_it(
    own_redis: RedisServer, tmp_path: Path
) -> None:
    folder = tmp_path / "redis"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "redis.sock").stat().st_mode) == 0o700
    with own_redis.connect() as connection:
        assert connection.config_get("port") == {"port": "0"}
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    server = RedisServer(tmp_path / "100% 'mine' ü #?")
    server.start()
    with server.connect() as connection:
        assert connection.ping()
    server.close()


def test_not_even_utf_8(tmp_path: Path) -> None:
    server = RedisServer(tmp_path / os.fsdecode(b"caf\xe9\n"))
    server.start()
    with server.connect() as connection:
        assert connection.ping()
    server.close()


def test_a_path_that_is_too_long_for_a_socket_gets_a_temporary_folder(
    tmp_path: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short_folder))
    server = RedisServer(tmp_path / ("long" * 30))
    server.start()
    with server.connect() as connection:
        assert connection.ping()
    (folder,) = short_folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    server.close()
    assert list(short_folder.iterdir()) == []


def test_one_that_was_left_over_is_shut_down_by_the_next(tmp_path: Path) -> None:
    left, next_one = RedisServer(tmp_path), RedisServer(tmp_path)
    left.start()
    with left.connect() as connection:
        connection.set("told", "before")
    next_one.start()
    assert get(next_one, "told") == b"before"
    assert left.wait() == 0
    next_one.close()


def test_one_that_was_left_over_is_found_where_its_socket_lies_elsewhere(
    tmp_path: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short_folder))
    folder = tmp_path / ("long" * 30)
    left, next_one = RedisServer(folder), RedisServer(folder)
    left.start()
    next_one.start()
    assert left.wait() == 0
    assert len(list(short_folder.iterdir())) == 1
    next_one.close()
    assert list(short_folder.iterdir()) == []


def test_one_that_was_left_over_and_does_not_end_is_told(
    own_redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "STOP_SECONDS", 0.2)
    monkeypatch.setattr("data_bank_api.broker.connect.ANSWER_SECONDS", 0.1)
    os.kill(own_redis.pid, signal.SIGSTOP)
    says = fails(make(tmp_path / "redis"))
    os.kill(own_redis.pid, signal.SIGCONT)
    assert says == f"a Redis of an earlier start runs in {tmp_path / 'redis'} and does not end"


def test_what_it_says_when_it_cannot_start_is_told(tmp_path: Path) -> None:
    own = make(tmp_path)
    (tmp_path / "appendonly.aof").write_text("junk")
    assert fails(own).startswith("Redis ended at its start: Bad file format reading the append")


def test_what_it_warns_of_at_each_start_is_not_why_it_ended(tmp_path: Path) -> None:
    line = "1:M 21 Nov 2026 08:00:00.000 # WARNING Memory overcommit must be enabled!"
    warning = make(tmp_path / "redis", script(tmp_path / "warning", f"echo '{line}'"))
    assert fails(warning) == "Redis ended at its start: it said nothing"


def test_one_that_says_nothing_is_told(tmp_path: Path) -> None:
    silent = make(tmp_path / "redis", script(tmp_path / "silent", "exit 1"))
    assert fails(silent) == "Redis ended at its start: it said nothing"


def test_one_that_never_answers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "START_SECONDS", 0.5)
    own = make(tmp_path / "redis", script(tmp_path / "mute", "echo thinking", "exec sleep 1000"))
    process = own.start()
    with pytest.raises(StartError, match="Redis does not answer: "):
        own.wait(process, threading.Event())
    process.kill()


def test_nobody_waits_for_it_after_the_stop(tmp_path: Path) -> None:
    own = make(tmp_path / "redis", script(tmp_path / "mute", "exec sleep 1000"))
    process, stop = own.start(), threading.Event()
    stop.set()
    own.wait(process, stop)
    process.kill()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="file/redis: Not a directory"):
        make(tmp_path / "file" / "redis")


def test_a_folder_that_is_lost_is_told(tmp_path: Path) -> None:
    own = make(tmp_path / "redis")
    (tmp_path / "redis").rmdir()
    assert fails(own) == "Redis cannot be started: No such file or directory"
    assert own.last_words() == "it said nothing"


def test_a_test_finds_it_empty(redis_server: RedisServer) -> None:
    with redis_server.connect() as connection:
        assert connection.dbsize() == 0
        connection.set("left", "over")


def test_the_next_test_finds_it_empty_too(redis_server: RedisServer) -> None:
    with redis_server.connect() as connection:
        assert connection.dbsize() == 0


def test_while_it_is_away_nobody_answers(own_redis: RedisServer) -> None:
    own_redis.stop()
    own_redis.kill()
    with own_redis.connect() as connection, pytest.raises(redis.ConnectionError):
        connection.ping()
