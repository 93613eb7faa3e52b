"""Why a connection failed, in words: nothing of where and how this service runs."""

import ssl
from collections.abc import Iterator

import httpx2

from data_bank_api.network.resolving import PrivateAddressError, UnresolvedNameError

# The first of these that the error is, or that it came of.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (PrivateAddressError, "the address is private"),
    (UnresolvedNameError, "the name cannot be resolved"),
    (httpx2.ConnectTimeout, "no connection in time"),
    (httpx2.TimeoutException, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (ssl.SSLCertVerificationError, "the certificate cannot be verified"),
    (ssl.SSLError, "TLS is not spoken there"),
    (ConnectionRefusedError, "the connection was refused"),
    (httpx2.ConnectError, "no connection"),
    (httpx2.RemoteProtocolError, "the connection ended without an answer in HTTP"),
    (Exception, "the connection was lost"),
)


def words(error: Exception) -> str:
    """What is told of an error."""
    chain = list(_causes(error))
    return next(says for kind, says in _WORDS if any(isinstance(each, kind) for each in chain))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and all that it came of."""
    while error is not None:
        if not isinstance(error, ssl.SSLWantReadError):  # that TLS waited is no error
            yield error
        error = error.__cause__ or error.__context__
