"""Fetching: whole, in ranges, under conditions."""

import email
import email.policy
import hashlib
import socket
import time
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx2
import pytest

from data_bank_client.wire.digest import Digest
from data_bank_client.wire.digest_fields import format_digest
from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank

CONTENT = bytes(range(256)) * 40  # 10,240 bytes
SIZE = len(CONTENT)
ID = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def path(bank: RunningBank) -> str:
    return f"/files/{bank.put(CONTENT, Content_Type='text/plain')}"


def test_the_whole_comes_with_all_that_a_client_may_need(bank: RunningBank, path: str) -> None:
    answer = bank.get(path)
    info = bank.get(f"{path}/info").json()
    assert (answer.status_code, answer.content) == (200, CONTENT)
    expected = {
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=31536000, immutable",
        "content-disposition": "attachment",
        "content-length": str(SIZE),
        "content-security-policy": "default-src 'none'; sandbox",
        "content-type": "text/plain",
        "etag": f'"{ID}"',
        "repr-digest": format_digest(Digest(ID)),
        "x-content-type-options": "nosniff",
    }
    assert {name: answer.headers[name] for name in expected} == expected
    created_at = datetime.fromisoformat(info["created_at"]).replace(microsecond=0)
    assert parsedate_to_datetime(answer.headers["last-modified"]) == created_at


def test_head_is_get_without_the_body(bank: RunningBank, path: str) -> None:
    head = bank.request("HEAD", path, READ_KEY, headers={"Range": "bytes=0-1"})
    get = bank.get(path)
    left_out = ("date", "x-request-id")
    assert (head.status_code, head.content) == (200, b"")
    assert [h for h in head.headers.items() if h[0] not in left_out] == [
        h for h in get.headers.items() if h[0] not in left_out
    ]


@pytest.mark.parametrize(
    ("field", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=10000-", 10000, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
        ("bytes=-99999", 0, SIZE),
        ("bytes=10239-99999999999999999999999999", SIZE - 1, SIZE),
        ("BYTES=5-9", 5, 10),
        ("bytes=5-9,99999-", 5, 10),
    ],
)
def test_a_range_is_exactly_its_bytes(
    bank: RunningBank, path: str, field: str, start: int, stop: int
) -> None:
    answer = bank.get(path, Range=field)
    assert (answer.status_code, answer.content) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize(
    "field",
    [
        "bytes=1_0-20",
        "bytes=+1-2",
        "bytes=\u0661-\u0662",
        "bytes=2-1",
        "bytes=",
        "bytes=a-b",
        "lines=1-2",
        "bytes 0-1",
        "bytes=0-5000,5000-10239,0-5000",
        "bytes=" + ",".join(["0-"] * 1000),
    ],
)
def test_what_is_no_range_or_not_worth_one_is_the_whole(
    bank: RunningBank, path: str, field: str
) -> None:
    answer = bank.get(path, Range=field)
    assert (answer.status_code, answer.content) == (200, CONTENT)


@pytest.mark.parametrize("field", ["bytes=10240-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_past_the_end_is_told_with_the_size(
    bank: RunningBank, path: str, field: str
) -> None:
    answer = bank.get(path, Range=field)
    assert (answer.status_code, answer.json()["code"]) == (416, "RANGE_NOT_SATISFIABLE")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


def test_several_ranges_come_as_parts_in_their_order(bank: RunningBank, path: str) -> None:
    answer = bank.get(path, Range="bytes=100-199, 0-9, -5")
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.content, policy=email.policy.HTTP)
    parts = list(message.iter_parts())
    assert answer.status_code == 206
    assert answer.headers["content-length"] == str(len(answer.content))
    assert [part["content-range"] for part in parts] == [
        f"bytes 100-199/{SIZE}",
        f"bytes 0-9/{SIZE}",
        f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}",
    ]
    for wanted in (CONTENT[100:200], CONTENT[:10], CONTENT[-5:]):
        assert b"\r\n\r\n" + wanted + b"\r\n--" in answer.content


def test_an_empty_file_has_no_range_but_an_end(bank: RunningBank) -> None:
    path = f"/files/{bank.put(b'')}"
    assert bank.get(path).content == b""
    assert bank.get(path, Range="bytes=-5").status_code == 200
    answer = bank.get(path, Range="bytes=0-")
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */0")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": f'"{ID}"'}, 304),
        ({"If-None-Match": f'W/"{ID}"'}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-Match": f'"{ID}"'}, 200),
        ({"If-Match": '"x"'}, 412),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
        ({"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 412),
        ({"If-Range": f'"{ID}"', "Range": "bytes=0-1"}, 206),
        ({"If-Range": '"x"', "Range": "bytes=0-1"}, 200),
        ({"If-None-Match": f'"{ID}"', "Range": "bytes=99999-"}, 304),
    ],
)
def test_conditions_decide_what_is_sent(
    bank: RunningBank, path: str, headers: dict[str, str], status: int
) -> None:
    answer = bank.request("GET", path, READ_KEY, headers=headers)
    assert answer.status_code == status
    if status == 304:
        assert (answer.content, answer.headers["etag"]) == (b"", f'"{ID}"')
    if status == 412:
        assert answer.json()["code"] == "PRECONDITION_FAILED"


def test_if_range_takes_the_date_it_was_given(bank: RunningBank, path: str) -> None:
    date = bank.get(path).headers["last-modified"]
    assert bank.get(path, If_Range=date, Range="bytes=0-1").status_code == 206


def test_a_download_may_be_named(bank: RunningBank, path: str) -> None:
    answer = bank.get(f"{path}?filename=caf%C3%A9.txt")
    expected = "attachment; filename=\"caf_.txt\"; filename*=UTF-8''caf%C3%A9.txt"
    assert answer.headers["content-disposition"] == expected
    assert bank.get(f"{path}?filename=a%0d%0ab").status_code == 422


def test_an_id_in_upper_case_is_the_same_file(bank: RunningBank, path: str) -> None:
    assert bank.get(f"/files/{ID.upper()}").headers["etag"] == f'"{ID}"'


@pytest.mark.parametrize("name", ["x", "0" * 63, "g" * 64, "%D9%A1" * 64, ".."])
def test_what_is_no_id_is_told_so(bank: RunningBank, name: str) -> None:
    answer = bank.get(f"/files/{name}/info")
    assert (answer.status_code, answer.json()["code"]) in (
        (422, "INVALID_INPUT"),
        (404, "NOT_FOUND"),
    )


def test_a_file_that_is_not_there_is_not_found(bank: RunningBank) -> None:
    for path in (f"/files/{'0' * 64}", f"/files/{'0' * 64}/info"):
        assert bank.get(path).json()["code"] == "NOT_FOUND"


def test_a_large_file_and_its_ranges_come_whole(bank: RunningBank) -> None:
    content = hashlib.shake_256(b"large").digest(5_000_001)
    path = f"/files/{bank.put(content)}"
    assert bank.get(path).content == content
    assert bank.get(path, Range="bytes=999999-4000000").content == content[999999:4000001]
    assert bank.get(path, Range="bytes=4000000-4000099").content == content[4000000:4000100]
    parts = bank.get(path, Range="bytes=0-2499999,2500000-")
    assert parts.status_code == 206
    assert content[:2500000] in parts.content
    assert content[2500000:] in parts.content


def test_a_damaged_copy_is_never_served_and_healed_by_the_next_upload(bank: RunningBank) -> None:
    content = b"to be cut short"
    name = bank.put(content)
    (blob,) = bank.root.rglob(f"{name}.bin")
    blob.write_bytes(content[:-1])
    for path in (f"/files/{name}", f"/files/{name}/info"):
        answer = bank.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "FILE_QUARANTINED")
    question = b'{"file_ids": ["%s"]}' % name.encode()
    assert bank.request("POST", "/files/batch", UPLOAD_KEY, question).json()["missing"] == [name]
    assert bank.request("PUT", f"/files/{name}", UPLOAD_KEY, content).status_code == 200
    assert bank.get(f"/files/{name}").content == content


def test_a_small_file_with_wrong_bytes_is_never_served(bank: RunningBank) -> None:
    name = bank.put(b"right")
    (blob,) = bank.root.rglob(f"{name}.bin")
    blob.write_bytes(b"wrong")
    for _ in range(2):
        answer = bank.get(f"/files/{name}")
        assert (answer.status_code, answer.json()["code"]) == (503, "FILE_QUARANTINED")
    assert bank.logged(event="damaged", file_id=name)["is_quarantined"] is True
    assert bank.request("PUT", f"/files/{name}", UPLOAD_KEY, b"right").status_code == 200
    assert bank.get(f"/files/{name}").content == b"right"


@pytest.mark.parametrize("fields", [{}, {"Range": "bytes=0-"}], ids=["whole", "whole-by-a-range"])
def test_a_large_file_with_wrong_bytes_never_ends_well(
    bank: RunningBank, fields: dict[str, str]
) -> None:
    content = bytes(9_000_000)
    name = bank.put(content)
    (blob,) = bank.root.rglob(f"{name}.bin")
    blob.write_bytes(bytes(5_000_000) + b"!" + bytes(3_999_999))
    with pytest.raises(httpx2.RemoteProtocolError):
        bank.get(f"/files/{name}", **fields)
    assert bank.get(f"/files/{name}").status_code == 503
    bank.put(content)
    assert bank.get(f"/files/{name}").content == content


def test_a_copy_cut_short_while_it_is_sent_ends_the_connection(bank: RunningBank) -> None:
    """The size is checked at the start; what is missing then shows as a connection lost."""
    content = bytes(60_000_000)
    name = bank.put(content)
    (blob,) = bank.root.rglob(f"{name}.bin")
    with bank.connect() as connection:
        connection.sendall(
            f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode()
        )
        received = len(connection.recv(1000))
        with blob.open("r+b") as file:
            file.truncate(40_000_000)
        received += sum(map(len, iter(lambda: connection.recv(1 << 20), b"")))
    assert received < len(content)
    bank.request("PUT", f"/files/{name}", UPLOAD_KEY, content)


@pytest.mark.parametrize(
    "field",
    [
        '"a",' + " " * 10_000 + "x",
        "Sat, 01 Jan 2000 00:00:00 +99999999999999999999",
        ",".join(['"a"'] * 2000),
    ],
)
@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since", "If-Range"])
def test_odd_conditions_cost_nothing_and_change_nothing(
    bank: RunningBank, path: str, name: str, field: str
) -> None:
    assert bank.get(path, **{name: field, "Range": "lines=1"}).status_code == 200


def test_more_ranges_than_anyone_needs_are_answered_with_the_whole(
    bank: RunningBank, path: str
) -> None:
    field = "bytes=" + ",".join(f"{place}-{place}" for place in range(257))
    assert bank.get(path, Range=field).status_code == 200
    assert bank.get(path, Range=field.rpartition(",")[0]).status_code == 206


def test_a_target_may_be_a_whole_address(bank: RunningBank) -> None:
    with bank.connect() as connection:
        connection.sendall(b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("target", ["http://[x/healthz", "http://", "http:///"])
def test_a_target_that_is_no_address_is_no_error_of_the_service(
    bank: RunningBank, target: str
) -> None:
    """The servers differ in what they make of it."""
    with bank.connect() as connection:
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))


def test_a_blank_key_does_not_hide_another(bank: RunningBank) -> None:
    headers = {"X-API-Key": "", "Authorization": f"Bearer {READ_KEY}"}
    assert bank.request("GET", "/files", None, headers=headers).status_code == 200


def test_a_body_that_is_announced_and_does_not_come_leaves_the_download_whole(
    patient: RunningBank,
) -> None:
    """Sent slowly, so that the body's time is over long before the end."""
    content = bytes(60_000_000)
    name = patient.put(content)
    with patient.connect() as connection:
        connection.sendall(
            f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n"
            "Content-Length: 50\r\n\r\n".encode()
        )
        received = len(connection.recv(1000))
        for _ in range(6):
            time.sleep(0.3)
            received += len(connection.recv(1_000_000))
        received += sum(map(len, iter(lambda: connection.recv(1 << 20), b"")))
    assert received > len(content)


def test_a_steady_slow_reader_gets_all_it_reads(patient: RunningBank) -> None:
    """Much slower than a whole chunk in the time that a stalled one is given."""
    name = patient.put(bytes(30_000_000))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        url = httpx2.URL(patient.address)
        connection.connect((url.host, url.port))
        connection.settimeout(60)
        connection.sendall(
            f"GET /files/{name} HTTP/1.1\r\nHost: x\r\nX-API-Key: {READ_KEY}\r\n\r\n".encode()
        )
        for _ in range(60):
            time.sleep(0.05)
            assert connection.recv(16_384)
