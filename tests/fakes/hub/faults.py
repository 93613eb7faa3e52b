"""What can go wrong, as a table: each fault stands between a request and its answer.

    hub.faults.add("storage", drop(after=1000))             every time
    hub.faults.add("tree", status(500), times=2)            twice, then no more
    hub.faults.add("storage", wrong_byte(at=5), skip=1)     not the first time
    hub.faults.add("resolve", expired(), path="*.bin")      only these (of storage: its sha256)
    hub.faults.clear()

The kinds are those of routes.py, `storage`, and `*` for all.
"""

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from urllib.parse import urlencode

import msgspec

from tests.fakes.hub.messages import Answer, Request, Stall, refusal, whole

Respond = Callable[[Request], Answer]
Fault = Callable[[Request, Respond], Answer]
Json = dict[str, object]


@dataclass
class _Entry:
    kind: str
    fault: Fault
    path: str
    skip: int
    times: int | None


class Faults:
    """The newest is the outermost."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._lock = threading.Lock()

    def add(
        self, kind: str, fault: Fault, *, path: str = "*", skip: int = 0, times: int | None = None
    ) -> None:
        with self._lock:
            self._entries.append(_Entry(kind, fault, path, skip, times))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def around(self, request: Request, respond: Respond) -> Answer:
        """The answer as the faults leave it."""
        for fault in self._taken(request):
            respond = _wrapped(fault, respond)
        return respond(request)

    def _taken(self, request: Request) -> list[Fault]:
        with self._lock:
            return [each.fault for each in self._entries if _takes(each, request)]


def _takes(entry: _Entry, request: Request) -> bool:
    if not (fnmatch(request.kind, entry.kind) and fnmatch(request.path, f"*{entry.path}")):
        return False
    if entry.skip > 0:
        entry.skip -= 1
        return False
    if entry.times is not None:
        entry.times -= 1
    return entry.times is None or entry.times >= 0


def _wrapped(fault: Fault, respond: Respond) -> Respond:
    return lambda request: fault(request, respond)


# Connections.


def hang_up() -> Fault:
    """The connection ends without an answer."""

    def hung_up(request: Request, respond: Respond) -> Answer:
        raise ConnectionAbortedError

    return hung_up


def drop(after: int = 0, *, is_reset: bool = False) -> Fault:
    """The connection ends after so many bytes of the body: it closes, or is reset."""
    return lambda request, respond: replace(respond(request), drop_after=after, is_reset=is_reset)


def stall(at: Stall) -> Fault:
    """The body stands still at a place, until it may go on."""
    return lambda request, respond: replace(respond(request), stall=at)


def slow(bytes_per_second: int) -> Fault:
    return lambda request, respond: replace(respond(request), bytes_per_second=bytes_per_second)


# Bodies.


def wrong_byte(at: int) -> Fault:
    """The byte at this place of the file is another, whichever range it is asked for by."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        return replace(answer, body=replace(answer.body, garbled=(*answer.body.garbled, at)))

    return changed


def shorter(by: int) -> Fault:
    """The last bytes are missing, and Content-Length agrees."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        return replace(answer, body=replace(answer.body, count=max(0, answer.body.count - by)))

    return changed


def longer(by: bytes) -> Fault:
    """There are more bytes at the end, and Content-Length agrees."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        return replace(answer, body=replace(answer.body, more=by))

    return changed


def wrong_length(declared: int) -> Fault:
    """Content-Length says this; the body is what it was, and the connection ends with it."""
    return lambda request, respond: replace(respond(request), declared=declared)


def no_range() -> Fault:
    """A range is answered by 200 and the whole."""
    return lambda request, respond: respond(request.without("range"))


def other_range() -> Fault:
    """A range is answered by as many bytes from the beginning, and says so."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        count, size = answer.body.count, answer.body.content.size
        moved = answer.with_headers({"Content-Range": f"bytes 0-{count - 1}/{size}"})
        return replace(moved, body=replace(answer.body, start=0))

    return changed


def instead(data: bytes) -> Fault:
    """Other bytes: no JSON where JSON is awaited, or one of a wrong shape."""
    return lambda request, respond: replace(respond(request), body=whole(data))


def edited(change: Callable[[list[Json]], object]) -> Fault:
    """Another list: entries twice, sizes below nothing, hashes that are none."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        items = msgspec.json.decode(b"".join(answer.body.chunks()), type=list[Json])
        return replace(answer, body=whole(msgspec.json.encode(change(items))))

    return changed


# Answers.


def status(code: int, headers: Mapping[str, str] | None = None, message: str = "no") -> Fault:
    """This instead; 429 and 503 may have a Retry-After."""
    return lambda request, respond: refusal(code, None, message, headers)


def rate_limited(seconds: int) -> Fault:
    """429 as the Hub gives it."""
    known = {"RateLimit": f'"api";r=0;t={seconds}', "Retry-After": str(seconds)}
    return status(429, known, "We had to rate limit you")


def expired() -> Fault:
    """403 as the storage gives it for an address whose time is over."""
    return lambda request, respond: EXPIRED


EXPIRED = refusal(403, None, "Request has expired", {"Content-Type": "application/xml"})


def header(name: str, value: str | None) -> Fault:
    """Another value of a header, or none: an ETag that changed in between, a commit, a size."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        kept = {known: each for known, each in answer.headers.items() if known != name}
        return replace(answer, headers=kept if value is None else {**kept, name: value})

    return changed


def redirect(to: str, code: int = 302) -> Fault:
    """To another address; the metadata stay as they are."""

    def changed(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        return Answer(code, {**answer.headers, "Location": to})

    return changed


def before(action: Callable[[], object]) -> Fault:
    """Something happens first: a force push between the pin and the tree; a wait."""

    def changed(request: Request, respond: Respond) -> Answer:
        action()
        return respond(request)

    return changed


def endless_pages() -> Fault:
    """Every page has a next one, of a new address: the same page again."""
    counted = itertools.count(1)

    def changed(request: Request, respond: Respond) -> Answer:
        address = f"http://{request.headers['host']}{request.raw_path}"
        following = urlencode([*request.query, ("again", str(next(counted)))])
        return respond(request).with_headers({"Link": f'<{address}?{following}>; rel="next"'})

    return changed


def looping_pages() -> Fault:
    """The next page is this one."""

    def changed(request: Request, respond: Respond) -> Answer:
        address = f"http://{request.headers['host']}{request.target}"
        return respond(request).with_headers({"Link": f'<{address}>; rel="next"'})

    return changed
