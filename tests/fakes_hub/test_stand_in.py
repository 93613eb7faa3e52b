"""What the stand-in Hub says of itself: its links, addresses, records, and its realistic model."""

import hashlib
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from tests.fakes.hub import faults
from tests.fakes.hub.content import Content
from tests.fakes.hub.limits import Limit
from tests.fakes.hub.messages import Stall
from tests.fakes.hub.realistic import ODD_NAMES, realistic_model
from tests.fakes.hub.repository import Repository, RepoSpec
from tests.fakes.hub.safetensors import header_of, write_safetensors
from tests.fakes.hub.stand_in import StandInHub
from tests.running_bank import PATIENCE

BIG = bytes(range(256)) * 1000


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def repository(stand_in_hub: StandInHub) -> Repository:
    return stand_in_hub.add(RepoSpec("org/model", {"weights.bin": BIG, "config.json": b"{}"}))


@pytest.fixture
def signed(stand_in_hub: StandInHub, repository: Repository, client: httpx2.Client) -> str:
    address = f"{stand_in_hub.endpoint}/org/model/resolve/main/weights.bin"
    return client.head(address).headers["Location"]


def test_the_first_answer_tells_of_a_large_file(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository
) -> None:
    answer = client.head(f"{stand_in_hub.endpoint}/org/model/resolve/main/weights.bin")
    told = [answer.headers[name] for name in ("X-Repo-Commit", "X-Linked-Size", "X-Linked-ETag")]
    assert answer.status_code == 302
    assert told == [repository.head, str(len(BIG)), f'"{hashlib.sha256(BIG).hexdigest()}"']
    assert int(answer.headers["Content-Length"]) != len(BIG)


def test_the_first_answer_tells_of_a_small_file(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository
) -> None:
    answer = client.head(f"{stand_in_hub.endpoint}/org/model/resolve/main/config.json")
    assert answer.status_code == 307
    assert answer.headers["ETag"] == f'"{hashlib.sha1(b"blob 2" + bytes(1) + b"{}").hexdigest()}"'
    assert answer.headers["Location"].startswith("/api/resolve-cache/models/org/model/")


def test_texts_are_packed_for_whoever_does_not_say_identity(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository
) -> None:
    address = f"{stand_in_hub.endpoint}/org/model/resolve/main/config.json"
    packed = client.get(address, follow_redirects=True)
    plain = client.get(address, follow_redirects=True, headers={"Accept-Encoding": "identity"})
    assert (packed.content, packed.headers["Content-Encoding"]) == (b"{}", "gzip")
    assert (plain.content, plain.headers["Content-Length"]) == (b"{}", "2")


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=5-9", 5, 10),
        ("bytes=255990-", 255990, 256000),
        ("bytes=-7", 255993, 256000),
        ("bytes=255999-999999", 255999, 256000),
    ],
)
def test_a_range_is_given(
    client: httpx2.Client, signed: str, asked: str, first: int, end: int
) -> None:
    answer = client.get(signed, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, BIG[first:end])
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/256000"


def test_a_range_beyond_the_end_is_refused(client: httpx2.Client, signed: str) -> None:
    answer = client.get(signed, headers={"Range": "bytes=256000-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */256000")


def test_a_range_of_what_has_changed_is_the_whole(client: httpx2.Client, signed: str) -> None:
    asked = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert client.get(signed, headers=asked).content == BIG
    etag = client.head(signed).headers["ETag"]
    assert client.get(signed, headers={**asked, "If-Range": etag}).content == BIG[:10]


def test_a_signed_address_needs_no_token_and_is_good_until_it_expires(
    client: httpx2.Client, stand_in_hub: StandInHub, signed: str
) -> None:
    assert client.get(signed).content == BIG
    stand_in_hub.signatures.expire()
    assert client.get(signed).status_code == 403


def test_a_signed_address_is_over_after_its_lifetime(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.signatures.lifetime = -1
    address = f"{stand_in_hub.endpoint}/org/model/resolve/main/weights.bin"
    assert client.get(address, follow_redirects=True).status_code == 403


def test_an_address_that_was_made_up_gives_nothing(client: httpx2.Client, signed: str) -> None:
    assert client.get(signed.replace("Signature=", "Signature=0")).status_code == 403


def test_a_cut_link_takes_no_connection_until_it_is_restored(
    client: httpx2.Client, stand_in_hub: StandInHub, signed: str
) -> None:
    stand_in_hub.cut()
    for address in (stand_in_hub.endpoint, signed):
        with pytest.raises(httpx2.TransportError):
            client.get(address)
    stand_in_hub.restore()
    assert client.get(signed).content == BIG


def test_the_record_tells_what_was_asked_and_what_moved(
    client: httpx2.Client, stand_in_hub: StandInHub, signed: str
) -> None:
    stand_in_hub.requests.clear()
    client.get(f"{stand_in_hub.endpoint}/api/models/org/model", headers={"X-Odd": "1"})
    assert stand_in_hub.requests.content_bytes == 0
    client.get(signed, headers={"Range": "bytes=0-9", "Authorization": "Bearer leaked"})
    assert [(each.host, each.kind, each.status) for each in stand_in_hub.requests] == [
        ("hub", "info", 200),
        ("storage", "storage", 206),
    ]
    assert stand_in_hub.requests[0].headers["x-odd"] == "1"
    assert stand_in_hub.requests.content_bytes == 10
    assert stand_in_hub.requests.token_hosts == {"storage"}


def test_the_record_tells_how_many_were_answered_at_once(
    client: httpx2.Client, stand_in_hub: StandInHub, signed: str
) -> None:
    client.get(signed)
    client.get(signed)
    assert stand_in_hub.requests.most_at_once("storage") == 1
    stall = Stall(after=0)
    stand_in_hub.faults.add("storage", faults.stall(stall), times=1)
    with client.stream("GET", signed):
        client.get(signed)
    assert stand_in_hub.requests.most_at_once("storage") == 2


def test_it_speaks_https(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    weights = write_safetensors(tmp_path / "model.safetensors", 3 << 20)
    with StandInHub(tls=context) as hub, httpx2.Client(verify=trust, trust_env=False) as client:
        repository = hub.add(RepoSpec("org/model", {"model.safetensors": weights}))
        address = f"{hub.endpoint}/org/model/resolve/{repository.head}/model.safetensors"
        assert address.startswith("https://127.0.0.1:")
        assert client.get(address, follow_redirects=True).content == weights.read_bytes()


def test_every_answer_tells_how_many_requests_are_left(
    client: httpx2.Client, stand_in_hub: StandInHub, repository: Repository
) -> None:
    stand_in_hub.limits["resolvers"] = Limit(quota=2, window=100)
    address = f"{stand_in_hub.endpoint}/org/model/resolve/main/weights.bin"
    answers = [client.head(address) for _ in range(3)]
    assert [each.status_code for each in answers] == [302, 302, 429]
    assert [each.headers["RateLimit"] for each in answers] == [
        '"resolvers";r=1;t=100',
        '"resolvers";r=0;t=100',
        '"resolvers";r=0;t=100',
    ]
    assert answers[-1].headers["Retry-After"] == "100"


def test_the_same_repository_has_the_same_commit_each_time(tmp_path: Path) -> None:
    first, second = (Repository(realistic_model(tmp_path, size=20_000, small=3)) for _ in range(2))
    assert first.head == second.head


def test_a_realistic_model_has_what_is_asked_for(tmp_path: Path) -> None:
    files = Repository(realistic_model(tmp_path, size=20_000, small=30)).files
    assert (files["model.safetensors"].size, files["model.safetensors"].is_lfs) == (20_000, True)
    assert set(ODD_NAMES) <= set(files)
    assert files["empty.txt"].size == 0
    assert sum(path.startswith("examples/") for path in files) == 30


@pytest.mark.parametrize("size", [16_384, 99_999, 3 << 20])
def test_the_weights_are_valid_safetensors(tmp_path: Path, size: int) -> None:
    content = Content(write_safetensors(tmp_path / "model.safetensors", size))
    tensors = header_of(content)
    ends = [0, *(tensor.data_offsets[1] for tensor in tensors.values())]
    assert [tensor.data_offsets[0] for tensor in tensors.values()] == ends[:-1]
    assert all(
        2 * each.shape[0] == each.data_offsets[1] - each.data_offsets[0]
        for each in tensors.values()
    )
    length = int.from_bytes(content.read()[:8], "little")
    assert (content.size, 8 + length + ends[-1]) == (size, size)


def test_no_two_blocks_of_the_weights_are_alike(tmp_path: Path) -> None:
    data = write_safetensors(tmp_path / "model.safetensors", 5 << 20).read_bytes()
    blocks = [data[at : at + (1 << 20)] for at in range(0, len(data), 1 << 20)]
    assert len(set(blocks)) == len(blocks)
    assert data.count(0) < len(data) // 64


def test_it_runs_by_itself(client: httpx2.Client) -> None:
    command = [sys.executable, "-m", "tests.fakes.hub.serve", "20000", "3"]
    project = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=project) as process:
        assert process.stdout is not None
        known = json.loads(process.stdout.readline())
        answer = client.get(f"{known['endpoint']}/api/models/{known['repo_id']}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert answer.json()["sha"] == known["commit"]
