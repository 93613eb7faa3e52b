"""Where the service is and what opens it, checked once when a client is made."""

import ipaddress

import httpx2

from data_bank_client.errors import InvalidInputError


def parse_base_url(text: str) -> httpx2.URL:
    """The service's address, `http` or `https`, perhaps with a path in front of its routes.

    Raises InvalidInputError for what cannot be one. The message does not repeat the address,
    which may hold a password by mistake.
    """
    try:
        url = httpx2.URL(text.strip())
    except (httpx2.InvalidURL, UnicodeError, TypeError):  # which repeat a part of it
        raise InvalidInputError("the base_url cannot be read as an address") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidInputError("the base_url is not an address such as http://127.0.0.1:8000")
    if url.userinfo:
        raise InvalidInputError("the base_url holds a user or password: give the key as api_key")
    if url.query or url.fragment:
        raise InvalidInputError("the base_url ends before ? and #")
    return url


def check_key(key: str) -> str:
    """The key. Raises InvalidInputError, without repeating it, if no header can carry it."""
    if not key or not key.isascii() or not key.isprintable() or key != key.strip():
        raise InvalidInputError("the api_key is empty or has characters that no key has")
    return key


def is_loopback(url: httpx2.URL) -> bool:
    """Whether the service is on this machine, where no proxy can lead."""
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return url.host == "localhost"
