"""Which hosts files are ingested from by their addresses: the setting CORPUS_HOSTS.

    data.example.org             this host, at port 443
    *.example.org                every host below it, and not it
    data.example.org:8443        at another port
    private:files.example.org    as the others; it may lead into the own network

Where nothing is named, nothing is ingested by an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import httpx2

from data_bank_api.network.https_address import host_of, port_of, read_https_address
from data_bank_api.network.public_address import is_host
from data_bank_client.errors import ForbiddenError, InvalidInputError

LONGEST_ADDRESS = 8192  # characters: a signed one has up to 2000
_PRIVATE = "private:"
_BELOW = "*."


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """`is_below`: it is not the host that is meant, but those below it."""

    host: str
    port: int
    is_below: bool
    may_be_private: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidInputError."""
        place = text.removeprefix(_PRIVATE)
        name = place.removeprefix(_BELOW)
        is_below = place != name
        try:
            url = read_https_address(f"https://{name}", LONGEST_ADDRESS)
        except InvalidInputError as error:
            raise _no_host(text) from error
        # Below a number there is nothing.
        is_sound = url.raw_path == b"/" and "/" not in name
        if not is_sound or (is_below and not is_host(f"a.{host_of(url)}")):
            raise _no_host(text)
        return cls(host_of(url), port_of(url), is_below, text != place)

    def has(self, host: str) -> bool:
        return host.endswith(f".{self.host}") if self.is_below else host == self.host


def _no_host(text: str) -> InvalidInputError:
    return InvalidInputError(
        f"CORPUS_HOSTS: {text[:100]!r} is no host such as data.example.org, *.example.org:8443 or "
        "private:files.example.org"
    )


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    hosts: tuple[AllowedHost, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """Raises InvalidInputError."""
        return cls(tuple(map(AllowedHost.parse, texts)))

    def check(self, url: httpx2.URL) -> None:
        """Raises ForbiddenError where the address may not be asked."""
        host, port = host_of(url), port_of(url)
        if not any(each.has(host) and each.port == port for each in self.hosts):
            raise ForbiddenError(f"{host}, port {port}, is not named in CORPUS_HOSTS")

    def follow(self, asked: httpx2.URL, location: str) -> httpx2.URL:
        """Where the answer to a request leads. Raises ForbiddenError where it is not followed."""
        try:
            found = asked.join(location).copy_with(fragment=None)
            url = read_https_address(str(found) if location else "", LONGEST_ADDRESS)
        except (httpx2.InvalidURL, InvalidInputError, ValueError):
            raise ForbiddenError(f"{asked.host} leads to what is no https address") from None
        self.check(url)
        return url

    def may_be_private(self, host: str) -> bool:
        """Whether a connection to it may go to an address of the own network."""
        return any(each.has(host) and each.may_be_private for each in self.hosts)
