"""Why a connection failed is told without addresses."""

import ssl

import httpx2
import pytest

from data_bank_api.network.connection_trouble import words
from data_bank_api.network.resolving import PrivateAddressError, UnresolvedNameError


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx2.ConnectTimeout("10.0.0.1"), "no connection in time"),
        (httpx2.ReadTimeout("10.0.0.1"), "no answer in time"),
        (TimeoutError(), "no answer in time"),
        (PrivateAddressError(), "the address is private"),
        (UnresolvedNameError(), "the name cannot be resolved"),
        (ssl.SSLCertVerificationError(1, "10.0.0.1"), "the certificate cannot be verified"),
        (ssl.SSLError(1, "10.0.0.1"), "TLS is not spoken there"),
        (httpx2.ConnectError("10.0.0.1 unreachable"), "no connection"),
        (httpx2.ReadError("reset by 10.0.0.1"), "the connection was lost"),
    ],
)
def test_an_error_is_told_in_words_without_addresses(error: Exception, says: str) -> None:
    assert words(error) == says


def test_an_error_is_told_by_what_it_came_of() -> None:
    error = httpx2.ConnectError("10.0.0.1")
    error.__cause__ = OSError()
    error.__cause__.__context__ = ConnectionRefusedError()
    assert words(error) == "the connection was refused"


def test_that_tls_waited_is_no_error() -> None:
    error = httpx2.ReadError("reset")
    error.__context__ = ssl.SSLWantReadError()
    assert words(error) == "the connection was lost"
