"""Walks through a folder, one entry at a time, however many there are.

    a regular file, a link to one below the root     Found
    anything else                                    Skip, with the reason

In the order of the names where a folder has few enough of them, so that equal folders are walked
alike. What the Hub's client calls `blobs` comes last in its folder: its files are first met by
their names, through the links in `snapshots`.
"""

import os
import re
import stat
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from io import FileIO
from itertools import chain, islice

from data_bank_api.hub.scan_skips import DEEPEST, Reason, SkippedError, skipping
from data_bank_api.hub.scan_tree import Parts, Tree, open_file

SORTED = 20_000  # a folder of more entries is walked in the system's order

# A repository in the Hub's cache: `models--org--name`.
_CACHED = re.compile(r"\A(?:models|datasets|spaces)--")
_IN_CACHED = {"blobs", "snapshots"}
_OF_GIT_AND_CACHE = {".git", ".locks", "CACHEDIR.TAG"}
_LOCAL = (".cache", "huggingface")  # in a folder that the Hub's client downloaded to
_OF_LOCAL = {"download", "upload"}
_NOT_UTF_8 = re.compile("[\ud800-\udfff]")  # what Python makes of other bytes
_SECRETS = {"token", "stored_tokens"}


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file. `open` raises SkippedError, and is good until the walk goes on.

    `path` is relative to the root; `is_shared`: it may be met again by another name; `is_unnamed`:
    a name of the Hub's cache, that says nothing.
    """

    path: str
    status: os.stat_result
    open: Callable[[], FileIO]
    is_shared: bool
    is_unnamed: bool


@dataclass(frozen=True, slots=True)
class Skip:
    path: str
    reason: Reason


Seen = Found | Skip


def walk(tree: Tree, parts: Parts) -> Generator[Seen]:
    """All below a folder of the tree. The caller closes it where it does not take all."""
    try:
        with tree.folder(parts) as folder:
            yield from _inside(tree, folder, parts)
    except SkippedError as error:
        yield Skip(shown(parts), error.reason)


def _inside(tree: Tree, folder: int, parts: Parts) -> Iterator[Seen]:
    for name in _names(folder):
        yield from _look(tree, folder, (*parts, name))


def _names(folder: int) -> Iterator[str]:
    with skipping(), os.scandir(folder) as entries:
        names = (each.name for each in entries)
        first = list(islice(names, SORTED + 1))
        if len(first) <= SORTED:
            first.sort(key=lambda each: (each == "blobs", each))
        yield from chain(first, names)


def _look(tree: Tree, folder: int, parts: Parts) -> Iterator[Seen]:
    try:
        _check_name(tree, parts)
        with skipping():
            status = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            yield from _enter(tree, folder, parts)
        elif stat.S_ISLNK(status.st_mode):
            yield _follow(tree, folder, parts)
        else:
            tree.check(status)
            yield _found(parts, status, partial(open_file, folder, parts[-1]))
    except SkippedError as error:
        yield Skip(shown(parts), error.reason)


def _enter(tree: Tree, folder: int, parts: Parts) -> Iterator[Seen]:
    if len(parts) > DEEPEST:
        raise SkippedError(Reason.TOO_DEEP)
    inner = tree.enter(folder, parts[-1])
    try:
        yield from _inside(tree, inner, parts)
    finally:
        os.close(inner)


def _follow(tree: Tree, folder: int, parts: Parts) -> Found:
    with skipping():
        says = os.readlink(parts[-1], dir_fd=folder)
    target = tree.follow(parts[:-1], says)
    for length in range(1, len(target) + 1):
        _check_name(tree, target[:length])
    status = tree.status(target)
    if stat.S_ISDIR(status.st_mode):
        raise SkippedError(Reason.FOLDER_LINK)
    tree.check(status)
    return _found(parts, status, partial(tree.open, target), is_link=True)


def _found(
    parts: Parts, status: os.stat_result, open_: Callable[[], FileIO], *, is_link: bool = False
) -> Found:
    if not stat.S_ISREG(status.st_mode):
        raise SkippedError(Reason.NOT_REGULAR)
    is_shared = is_link or status.st_nlink > 1
    return Found("/".join(parts), status, open_, is_shared, _is_in_blobs(parts))


def _check_name(tree: Tree, parts: Parts) -> None:
    """What the last part says, and the folders that it is in. Raises SkippedError."""
    name = parts[-1]
    if _NOT_UTF_8.search(name):
        raise SkippedError(Reason.ODD_NAME)
    if name.endswith(".incomplete"):
        raise SkippedError(Reason.UNFINISHED)
    whole = [(*root.parts, *parts) for root in tree.names]
    if name in _OF_GIT_AND_CACHE or any(map(_is_of_the_hubs_client, whole)):
        raise SkippedError(Reason.BOOKKEEPING)


def _is_of_the_hubs_client(path: Parts) -> bool:
    *above, name = path
    folder = above[-1]
    is_of_cache = _CACHED.match(folder) is not None and name not in _IN_CACHED
    is_of_local = tuple(above[-2:]) == _LOCAL and name in _OF_LOCAL
    return is_of_cache or is_of_local or (folder == "huggingface" and name in _SECRETS)


def _is_in_blobs(parts: Parts) -> bool:
    return len(parts) > 2 and parts[-2] == "blobs" and _CACHED.match(parts[-3]) is not None


def shown(parts: Parts) -> str:
    """As it can be told: what is not UTF-8 is escaped."""
    return "/".join(parts).encode("utf-8", "backslashreplace").decode() or "."
