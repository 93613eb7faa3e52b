"""Connections that lead into the own network only where they may, whatever a name leads to.

httpcore2 asks for a connection to a host and a port; here the name is resolved, all its addresses
are judged, and the connection goes to one that was judged. Certificates and `Host` are still about
the name, and so is what a kept connection is used for again.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import httpcore2

from data_bank_api.network.patient_stream import PatientStream, StreamPatience
from data_bank_api.network.resolving import (
    MOST_ADDRESSES,
    PrivateAddressError,
    Resolve,
    UnresolvedNameError,
    find_addresses,
    look_up,
)
from data_bank_client.errors import ForbiddenError

# Whether a host may be in the own network.
MayBePrivate = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class JudgedConnections(httpcore2.NetworkBackend):
    """Raises httpcore2's errors, also for a name without an address; ForbiddenError."""

    may_be_private: MayBePrivate
    resolve: Resolve = look_up
    patience: StreamPatience = field(default_factory=StreamPatience)
    system: httpcore2.NetworkBackend = field(default_factory=httpcore2.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> PatientStream:
        def connect(address: str) -> PatientStream:
            stream = self.system.connect_tcp(address, port, timeout, local_address, socket_options)
            return PatientStream(stream, self.patience)

        *others, last = self._find(host, port)[:MOST_ADDRESSES]
        for each in others:
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return connect(each)
        return connect(last)

    def _find(self, host: str, port: int) -> list[str]:
        may_be_private = self.may_be_private(host)
        try:
            found = find_addresses(host, port, self.resolve, may_be_private=may_be_private)
        except UnresolvedNameError as error:
            raise httpcore2.ConnectError("the name cannot be resolved") from error
        except PrivateAddressError as error:
            raise ForbiddenError(
                f"{host} leads to a private address, which only a setting allows"
            ) from error
        return list(map(str, found))
