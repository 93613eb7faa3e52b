"""Signed addresses and ids with slashes, over both servers."""

import pytest

from data_bank_api.auth.signature import Signer
from data_bank_api.auth.signing_key import ensure_signing_key
from data_bank_client.wire.digest import Digest
from tests.running_bank import RunningBank

CONTENT = b"signed and delivered"


@pytest.fixture
def url(bank: RunningBank) -> str:
    """As another process of the same bank would sign it."""
    signer = Signer(ensure_signing_key(bank.root / "state" / "signing.key"))
    return signer.sign(Digest(bank.put(CONTENT))).path


def test_who_has_a_signed_address_needs_no_key(bank: RunningBank, url: str) -> None:
    path = url.partition("?")[0]
    bank.get(path)  # now the fast lane has it
    for _ in range(2):
        assert bank.request("GET", url, None).content == CONTENT
    assert bank.request("GET", path, None).status_code == 401
    head = bank.request("HEAD", url, None)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(CONTENT)))
    part = bank.request("GET", url, None, headers={"Range": "bytes=-9"})
    assert (part.status_code, part.content) == (206, CONTENT[-9:])
    assert bank.request("GET", f"{url}&filename=x.txt", None).status_code == 200


def test_a_signature_is_never_in_the_log(bank: RunningBank, url: str) -> None:
    signature = url.rpartition("=")[2]
    wrong = bank.request("GET", url[:-1] + "x", None, headers={"X-Request-ID": "not-signed"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "FORBIDDEN")
    assert signature[:-1] not in wrong.text
    bank.request("GET", url, None)
    bank.logged(request_id="not-signed")
    assert signature[:-1] not in bank.log_path.read_text()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("org/commits", 502),  # the commits of `org`, of a Hub that is away
        ("org%2Fcommits", 503),  # a dataset, of a Redis that is away
        ("org%2Fname/commits", 502),
        ("org/name", 503),
        ("a/b/c", 404),
    ],
)
def test_a_slash_of_an_id_is_told_from_one_of_the_path(
    bank: RunningBank, path: str, status: int
) -> None:
    assert bank.get(f"/api/datasets/{path}").status_code == status
