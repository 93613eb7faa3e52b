"""Whether what a browser sends comes from our own pages: it says so itself (Fetch, Origin).

Together with the session's cookie, which browsers send with requests from our pages only
(SameSite=Strict), and with the proof in each form, this keeps other sites from acting in
somebody's name.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from data_bank_client.errors import ForbiddenError


def require_same_origin(headers: Headers) -> None:
    """Raises ForbiddenError. A browser that tells of neither is not believed."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_named = site is not None or origin is not None
    is_ours = site in (None, "same-origin") and (origin is None or _is_of(origin, headers))
    if not (is_named and is_ours):
        raise ForbiddenError("this was not sent by a page of this bank")


def is_https(headers: Headers) -> bool:
    """Whether the browser sees https, be it before a proxy."""
    return headers.get("origin", "").startswith("https://")


def _is_of(origin: str, headers: Headers) -> bool:
    try:
        return urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False
