"""Notes to the workers: two strings, and nothing else is taken for one."""

import json
import zlib

import pytest

from data_bank_api.jobs.note import FUNCTION, Note, read_note, send_note
from tests.fakes.redis_server import RedisServer

JOB_ID = "0123456789abcdef" * 2


def test_a_note_is_read_as_it_was_delivered(redis_server: RedisServer) -> None:
    with redis_server.connect() as connection:
        send_note(connection, JOB_ID, 7)
        data = connection.hget(f"rq:job:{JOB_ID}-7", "data")
    assert isinstance(data, bytes)
    assert read_note(data) == Note(JOB_ID, 7)


@pytest.mark.parametrize(
    "form",
    [
        ["os.system", None, [JOB_ID, "1"], {}],
        [FUNCTION, "an instance", [JOB_ID, "1"], {}],
        [FUNCTION, None, [JOB_ID], {}],
        [FUNCTION, None, [JOB_ID, "1", "2"], {}],
        [FUNCTION, None, [JOB_ID, 1], {}],
        [FUNCTION, None, [JOB_ID, "0"], {}],
        [FUNCTION, None, [JOB_ID, "1\n"], {}],
        [FUNCTION, None, ["../etc/passwd", "1"], {}],
        [FUNCTION, None, [JOB_ID, "1"], {"more": "of it"}],
        {"function": FUNCTION},
        "x" * 100_000,
    ],
    ids=[
        "another function",
        "an instance",
        "too little",
        "too much",
        "a number",
        "no attempt",
        "more than an attempt",
        "no job",
        "arguments by name",
        "no list",
        "long",
    ],
)
def test_another_form_is_no_note(form: object) -> None:
    assert read_note(zlib.compress(json.dumps(form).encode())) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04\x95cos\nsystem\n",
        zlib.compress(b"\x80\x04cos\nsystem\n"),
        zlib.compress(b'["\xff", null, [], {}]'),
        b"\xff" * 2000,
    ],
    ids=["nothing", "pickle", "compressed pickle", "no UTF-8", "noise"],
)
def test_other_bytes_are_no_note(data: bytes) -> None:
    assert read_note(data) is None


def test_a_bomb_is_not_unpacked() -> None:
    packed = zlib.compress(b"[" * 50_000_000)
    assert read_note(packed) is None
