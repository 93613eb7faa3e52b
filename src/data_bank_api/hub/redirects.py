"""Which redirects of the Hub are followed, and which hosts may lie in the own network.

    hosts     the endpoint's own, huggingface.co, *.huggingface.co, *.hf.co, those of the setting
    scheme    https; http only where the endpoint itself is http
    private   the setting's hosts; all of them where the endpoint is plainly private

An endpoint is plainly private by its number or its name (localhost, hub, hub.internal). One whose
name says nothing, and leads into the own network, is named in the setting.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

import httpx2

from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.network.public_address import is_host, is_plainly_private
from data_bank_client.errors import ExternalServiceError, ForbiddenError

HUBS_HOSTS = ("huggingface.co", "*.huggingface.co", "*.hf.co")
LONGEST_ADDRESS = 8192  # characters: a signed one has up to 2000
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class RedirectPolicy:
    """`hosts`: names in lower case, which may begin with `*.`, and numbers."""

    endpoint: Endpoint
    hosts: tuple[str, ...] = ()

    def follow(self, asked: httpx2.URL, location: str) -> httpx2.URL:
        """Where the answer to a request leads.

        Raises ForbiddenError for where it may not lead; ExternalServiceError for no address.
        """
        url = read_address(asked, location)
        host = url.raw_host.decode("ascii")
        if url.scheme not in self._schemes:
            raise ForbiddenError(f"the Hub leads to {host} without https: not followed")
        if not self._is_followed(host):
            raise ForbiddenError(f"the Hub leads to {host}, which is none of its hosts")
        return url

    def may_be_private(self, host: str) -> bool:
        """Whether a connection to this host may go to an address of the own network."""
        return is_plainly_private(self.endpoint.host) or _is_one_of(host, self.hosts)

    @property
    def _schemes(self) -> set[str]:
        return {"https", self.endpoint.url.scheme}

    def _is_followed(self, host: str) -> bool:
        return _is_one_of(host, (self.endpoint.host, *HUBS_HOSTS, *self.hosts))


def read_address(asked: httpx2.URL, text: str) -> httpx2.URL:
    """An address in an answer, made absolute. Raises ExternalServiceError where it is none."""
    if not text or len(text) > LONGEST_ADDRESS or not text.isprintable():
        raise ExternalServiceError("the Hub leads to what is no address")
    try:
        url = asked.join(text).copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError) as error:
        raise ExternalServiceError("the Hub leads to what is no address") from error
    is_port = url.port is None or 1 <= url.port <= _LAST_PORT
    if not is_host(url.raw_host.decode("ascii")) or url.userinfo or not is_port:
        raise ExternalServiceError("the Hub leads to what is no address of a host")
    return url


def _is_one_of(host: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(host, each) for each in patterns)
