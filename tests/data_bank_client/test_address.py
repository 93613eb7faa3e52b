"""Which addresses and keys a client takes, and whose proxies it asks."""

import httpx2
import pytest

from data_bank_client import DataBankClient, InvalidInputError
from data_bank_client.address import is_loopback
from data_bank_client.exchange import http_options


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bank.test",
        "ftp://bank.test",
        "http://",
        "http://bank.test:port",
        "http://bank.test/?a=b",
        "http://bank.test/#a",
        "http://user:secret@bank.test",
        "http://user:secret/x@bank.test",
        "http://[secret]/",
        "http://bank.test/secret\udcff",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidInputError, match="base_url") as caught:
        DataBankClient(text)
    assert "secret" not in caught.value.message
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ is (caught.value.__context__ is not None)


@pytest.mark.parametrize("key", ["", " key", "key\r\nX-Evil: 1", "schlüssel"])
def test_a_key_that_no_header_carries_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(InvalidInputError, match="api_key") as caught:
        DataBankClient("http://bank.test", key)
    assert "Evil" not in caught.value.message


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("[::1]", True), ("localhost", True), ("bank.test", False)],
)
def test_this_machine_is_asked_without_a_proxy(host: str, expected: bool) -> None:
    assert is_loopback(httpx2.URL(f"http://{host}:8000")) is expected
    assert http_options(f"http://{host}:8000", None, 1.0)["trust_env"] is not expected


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:secret@proxy.test")
    with pytest.raises(InvalidInputError, match="HTTPS_PROXY") as caught:
        DataBankClient("https://bank.test")
    assert "secret" not in caught.value.message


def test_an_upload_is_waited_for_longer_unless_all_is_waited_for() -> None:
    assert http_options("http://bank.test", None, None)["timeout"].read is None
    assert http_options("http://bank.test", None, 3.0)["timeout"].connect == 3.0
