"""Storing: by form and raw, checked, bounded, and never half."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_bank import READ_KEY, UPLOAD_KEY, RunningBank, running, until

CONTENT = b"some bytes to keep"
ID = hashlib.sha256(CONTENT).hexdigest()


def form(content: bytes, name: str = "file", head: str = "Content-Type: text/csv\r\n") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="a.csv"\r\n'
    return b"--XX\r\n" + f"{disposition}{head}\r\n".encode() + content + b"\r\n--XX--\r\n"


FORM = {"Content-Type": "multipart/form-data; boundary=XX"}


def field(algorithm: str, content: bytes) -> str:
    value = hashlib.new(algorithm.replace("-", ""), content).digest()
    return f"{algorithm}=:{base64.b64encode(value).decode()}:"


@pytest.fixture(params=["raw", "form", "chunked", "put"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def store(
    bank: RunningBank, way: str, content: bytes, **headers: str
) -> tuple[int, dict[str, object]]:
    """Status and body of an upload done in one of the ways."""
    name = hashlib.sha256(content).hexdigest()
    match way:
        case "form":
            answer = bank.request("POST", "/files", UPLOAD_KEY, form(content), {**FORM, **headers})
        case "chunked":
            pieces: Iterator[bytes] = iter([content[:7], content[7:]])
            answer = bank.request("POST", "/files", UPLOAD_KEY, pieces, headers)
        case "put":
            answer = bank.request("PUT", f"/files/{name}", UPLOAD_KEY, content, headers)
        case _:
            answer = bank.request("POST", "/files", UPLOAD_KEY, content, headers)
    return answer.status_code, answer.json()


def test_a_file_is_stored_in_every_way(bank: RunningBank, way: str) -> None:
    content = f"{way} {bank.address}".encode() * 100_000
    status, answer = store(bank, way, content)
    name = hashlib.sha256(content).hexdigest()
    assert status == 201
    assert answer == {
        "file_id": name,
        "size": len(content),
        "sha256": name,
        "content_type": "text/csv" if way == "form" else "application/octet-stream",
        "created_at": answer["created_at"],
    }
    assert bank.get(f"/files/{name}").content == content
    assert bank.get(f"/files/{name}/info").json() == answer
    assert bank.drafts() == []


def test_an_empty_file_is_a_file(bank: RunningBank, way: str) -> None:
    _, answer = store(bank, way, b"")
    assert answer["size"] == 0
    assert bank.get(f"/files/{answer['file_id']}").content == b""


def test_the_first_type_and_date_stay(bank: RunningBank) -> None:
    content = f"first {bank.address}".encode()
    _, first = store(bank, "raw", content, Content_Type="text/x-first")
    status, second = store(bank, "raw", content, Content_Type="text/x-second")
    put_status, third = store(bank, "put", content)
    assert (status, put_status) == (201, 200)
    assert first == second == third
    assert first["content_type"] == "text/x-first"


def test_an_upload_heals_a_damaged_copy(bank: RunningBank, way: str) -> None:
    content = f"heal {way} {bank.address}".encode()
    _, answer = store(bank, way, content)
    (blob,) = bank.root.rglob(f"{answer['file_id']}.bin")
    blob.write_bytes(b"x" * len(content))
    store(bank, way, content)
    assert blob.read_bytes() == content


def test_an_answer_tells_where_the_file_is(bank: RunningBank) -> None:
    answer = bank.request("POST", "/files", UPLOAD_KEY, CONTENT)
    assert (answer.headers["location"], answer.headers["etag"]) == (f"/files/{ID}", f'"{ID}"')


def test_bytes_that_are_not_the_address_are_not_stored(bank: RunningBank) -> None:
    name = hashlib.sha256(b"something else").hexdigest()
    answer = bank.request("PUT", f"/files/{name}", UPLOAD_KEY, b"not that" * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (422, "DIGEST_MISMATCH")
    assert bank.get(f"/files/{name}").status_code == 404
    assert bank.drafts() == []


@pytest.mark.parametrize("name", ["Repr-Digest", "Content-Digest"])
@pytest.mark.parametrize("way", ["raw", "form", "put"], indirect=True)
def test_declared_digests_are_checked(bank: RunningBank, way: str, name: str) -> None:
    content = f"{name} {way} {bank.address}".encode()
    body = form(content) if way == "form" else content
    right, wrong = field("sha-256", body), field("sha-512", body + b"!")
    status, answer = store(bank, way, content, **{name: f"{right}, {wrong}"})
    assert (status, answer["code"]) == (422, "DIGEST_MISMATCH")
    assert bank.get(f"/files/{hashlib.sha256(content).hexdigest()}").status_code == 404
    more = f"crc32c=:AAAA:, {right}, {field('sha-512', body)}"
    status, _ = store(bank, way, content, **{name: more})
    assert status == 201


def test_a_digest_that_cannot_be_read_is_told(bank: RunningBank) -> None:
    status, answer = store(bank, "raw", CONTENT, Repr_Digest="sha-256=abc")
    assert (status, answer["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("headers", "status", "expected"),
    [
        ({"Content-Encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"Content-Range": "bytes 0-1/2"}, 400, "BAD_REQUEST"),
        ({"Content-Type": "nonsense"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"Content-Type": "multipart/form-data"}, 400, "BAD_REQUEST"),
        (FORM, 400, "BAD_REQUEST"),
    ],
)
def test_what_cannot_be_stored_is_refused(
    bank: RunningBank, headers: dict[str, str], status: int, expected: str
) -> None:
    answer = bank.request("POST", "/files", UPLOAD_KEY, CONTENT, headers)
    assert (answer.status_code, answer.json()["code"]) == (status, expected)
    assert bank.drafts() == []


def test_a_form_without_the_file_is_refused(bank: RunningBank) -> None:
    answer = bank.request("POST", "/files", UPLOAD_KEY, form(CONTENT, name="upload"), FORM)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_INPUT")
    assert answer.json()["message"] == "the form has no part named file"


def test_a_put_may_ask_that_the_file_is_new(bank: RunningBank) -> None:
    name = bank.put(CONTENT)
    answer = bank.request("PUT", f"/files/{name}", UPLOAD_KEY, CONTENT, {"If-None-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (412, "PRECONDITION_FAILED")
    fresh = f"fresh {bank.address}".encode()
    path = f"/files/{hashlib.sha256(fresh).hexdigest()}"
    assert bank.request("PUT", path, UPLOAD_KEY, fresh, {"If-None-Match": "*"}).status_code == 201


def test_a_damaged_copy_does_not_count_as_there(bank: RunningBank) -> None:
    content = f"damaged {bank.address}".encode()
    name = bank.put(content)
    (blob,) = bank.root.rglob(f"{name}.bin")
    blob.write_bytes(b"")
    path = f"/files/{name}"
    assert bank.request("PUT", path, UPLOAD_KEY, content, {"If-None-Match": "*"}).status_code == 200


def test_the_type_of_a_part_is_one_line(bank: RunningBank) -> None:
    body = form(CONTENT, head="Content-Type: text/plain\n;x=y\r\n")
    answer = bank.request("POST", "/files", UPLOAD_KEY, body, FORM)
    assert answer.status_code in (400, 415)


def test_an_upload_cut_off_is_never_stored(bank: RunningBank, way: str) -> None:
    content = f"cut {way} {bank.address}".encode() * 100_000
    name = hashlib.sha256(content).hexdigest()
    body = form(content) if way == "form" else content
    target, length = ("PUT", f"/files/{name}") if way == "put" else ("POST", "/files"), len(body)
    head = f"{target[0]} {target[1]} HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
    if way == "form":
        head += f"Content-Type: {FORM['Content-Type']}\r\n"
    framing = "Transfer-Encoding: chunked" if way == "chunked" else f"Content-Length: {length}"
    with bank.connect() as connection:
        connection.sendall(f"{head}{framing}\r\n\r\n".encode())
        prefix = b"200000\r\n" if way == "chunked" else b""
        connection.sendall(prefix + body[: length // 2])
        until(lambda: len(bank.drafts()) == 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    until(lambda: bank.drafts() == [])
    assert bank.get(f"/files/{name}").status_code == 404


@pytest.fixture(scope="module", params=["uvicorn", "hypercorn"])
def small(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBank]:
    """A bank for files of 1000 bytes, with little patience."""
    folder: Path = tmp_path_factory.mktemp("small")
    with running(folder, str(request.param), MAX_FILE_BYTES="1000", STALL_SECONDS="1") as bank:
        yield bank


def talk(bank: RunningBank, head: str, body: bytes = b"") -> bytes:
    """Send, and give all that comes until the other side closes."""
    with bank.connect() as connection:
        connection.sendall(f"{head}\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n\r\n".encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("expect", ["Expect: 100-continue\r\n", ""])
@pytest.mark.parametrize(
    "kind", ["Content-Type: text/plain", f"Content-Type: {FORM['Content-Type']}"]
)
def test_a_declared_size_is_refused_before_the_body(
    small: RunningBank, expect: str, kind: str
) -> None:
    """Not one byte of the body is sent, and still the answer comes, and the connection ends.

    Hypercorn sends `100 Continue` before the application is asked.
    """
    answer = talk(small, f"POST /files HTTP/1.1\r\n{expect}{kind}\r\nContent-Length: 5000000")
    interim, found, final = answer.rpartition(b"HTTP/1.1 413")
    assert found
    assert not interim or (b" 100 " in interim and small.is_hypercorn)
    assert b'"PAYLOAD_TOO_LARGE"' in final
    assert b"connection: close" in final.lower()


@pytest.mark.parametrize("way", ["form", "chunked"], indirect=True)
def test_an_undeclared_size_is_bounded_while_it_is_read(small: RunningBank, way: str) -> None:
    status, answer = store(small, way, b"x" * 1001)
    assert (status, answer["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert answer["message"] == "a file may have 1000 bytes at most"
    assert store(small, way, b"x" * 1000)[0] == 201
    assert small.drafts() == []


@pytest.mark.parametrize("body", [b"", b"x" * 10])
def test_a_sender_who_falls_silent_is_told_and_ended(small: RunningBank, body: bytes) -> None:
    answer = talk(small, "POST /files HTTP/1.1\r\nContent-Length: 100", body)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"REQUEST_TIMEOUT"' in answer
    assert small.drafts() == []


def test_a_sender_of_a_byte_now_and_then_is_ended_too(small: RunningBank) -> None:
    with small.connect() as connection:
        connection.sendall(
            f"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: {UPLOAD_KEY}\r\n"
            "Content-Length: 900\r\n\r\n".encode()
        )
        connection.settimeout(0.2)
        received = b""
        while not received:
            connection.sendall(b"x")
            try:
                received = connection.recv(65536)
            except TimeoutError:
                continue
    assert received.startswith(b"HTTP/1.1 408")


def test_a_full_disk_is_told_before_the_body(tmp_path: Path) -> None:
    with running(tmp_path, MIN_FREE_GB="1000000000") as bank:
        answer = talk(bank, "POST /files HTTP/1.1\r\nContent-Length: 5000000")
        assert answer.startswith(b"HTTP/1.1 507")
        assert b'"INSUFFICIENT_STORAGE"' in answer
        status, problem = store(bank, "chunked", b"x" * 10)
        assert (status, problem["code"]) == (507, "INSUFFICIENT_STORAGE")
        assert bank.drafts() == []


def test_a_refused_upload_gets_its_answer_while_it_is_still_sending(bank: RunningBank) -> None:
    """A sender that does not stop is read over, so that it is not cut off before the answer."""
    body = bytes(30_000_000)
    answer = bank.request("POST", "/files", READ_KEY, body)
    assert (answer.status_code, answer.headers["connection"]) == (403, "close")


@pytest.mark.parametrize(
    "lines",
    [
        "Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        "Host: x\r\nTransfer-Encoding: gzip, chunked",
        "Host: x\r\nHost: y",
        "X: y",
    ],
)
def test_doubtful_framing_is_refused_and_the_connection_ended(
    bank: RunningBank, lines: str
) -> None:
    head = f"POST /files HTTP/1.1\r\n{lines}\r\nX-API-Key: {UPLOAD_KEY}\r\n\r\n"
    with bank.connect() as connection:
        connection.sendall(f"{head}0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.split()[1] in (b"400", b"501")


@pytest.mark.parametrize("path", ["/files/%00", "/files/%ff"])
def test_a_path_that_is_no_text_is_refused(bank: RunningBank, path: str) -> None:
    answer = bank.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
