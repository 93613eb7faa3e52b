"""The address of a webhook: https, and by itself never one of the own network."""

from dataclasses import dataclass

from data_bank_api.network.https_address import host_of, port_of, read_https_address
from data_bank_api.network.public_address import is_plainly_private
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.webhooks import WEBHOOK_URL_LENGTH


@dataclass(frozen=True, slots=True)
class OutgoingAddress:
    """Where to connect to (`host`, `port`), and what to say there."""

    url: str
    host: str
    port: int
    authority: str  # for the header Host
    target: bytes  # path and query


def parse_address(text: str, *, may_be_private: bool) -> OutgoingAddress:
    """Raises InvalidInputError for what is no https address, or plainly a private one."""
    url = read_https_address(text, WEBHOOK_URL_LENGTH)
    host = host_of(url)
    if not may_be_private and is_plainly_private(host):
        raise InvalidInputError("url: the address is private")
    return OutgoingAddress(str(url), host, port_of(url), url.netloc.decode("ascii"), url.raw_path)
