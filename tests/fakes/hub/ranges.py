"""Bytes of a content as HTTP gives them: the whole, a range, 416, 304; If-Range is kept."""

import re

from tests.fakes.hub.content import Content
from tests.fakes.hub.messages import Answer, Request, Slice

RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


def give(request: Request, content: Content, etag: str, headers: dict[str, str]) -> Answer:
    """`etag` without its quotes."""
    known = {**headers, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
    if request.headers.get("if-none-match") == f'"{etag}"':
        return Answer(304, known)
    bounds = _bounds(request, content.size, etag)
    if bounds is None:
        return Answer(200, known, Slice(content, 0, content.size))
    start, end = bounds
    if start >= end:
        return Answer(416, {**known, "Content-Range": f"bytes */{content.size}"})
    known["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
    return Answer(206, known, Slice(content, start, end - start))


def _bounds(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """None where the whole is to be given; an empty pair where nothing can be."""
    match = RANGE.match(request.range or "")
    if match is None or request.headers.get("if-range", f'"{etag}"') != f'"{etag}"':
        return None
    first, last = match.groups()
    if first:
        return int(first), min(size, int(last) + 1) if last else size
    return (max(0, size - int(last)), size) if last else None
