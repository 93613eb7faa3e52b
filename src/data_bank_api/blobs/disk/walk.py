"""Walking the stored digests in order, a shard at a time: memory is that of one shard."""

import os
from collections.abc import Iterator

from data_bank_api.blobs.disk.layout import Layout, is_shard, parse_name
from data_bank_client.wire.digest import Digest


def _children(folder: str) -> list[str]:
    try:
        return sorted(filter(is_shard, os.listdir(folder)))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _files(folder: str) -> list[str]:
    """The names of the files in a folder: links, pipes and folders are strangers."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def walk_shards(layout: Layout, prefix: str = "", start: str = "") -> Iterator[str]:
    """The shards' paths, in order, that may hold digests with `prefix` and not before `start`."""
    for parent in sorted(filter(is_shard, os.listdir(layout.root))):
        if parent.startswith(prefix[:2]) and parent >= start[:2]:
            for child in _children(f"{layout.root}/{parent}"):
                name = parent + child
                if name.startswith(prefix[:4]) and name >= start[:4]:
                    yield f"{layout.root}/{parent}/{child}"


def names_in(layout: Layout, shard: str) -> dict[Digest, set[str]]:
    """The digests in a shard, each with which of `bin`, `meta` and `bad` are there."""
    found: dict[Digest, set[str]] = {}
    for name in _files(shard):
        parsed = parse_name(name)
        if parsed is not None and layout.shard(parsed[0]) == shard:
            found.setdefault(parsed[0], set()).add(parsed[1])
    return found


def walk(layout: Layout, prefix: str, after: Digest | None) -> Iterator[Digest]:
    """The digests of the stored blobs, in order, with `prefix` and past `after`."""
    for shard in walk_shards(layout, prefix, "" if after is None else after.hex):
        for digest, kinds in sorted(names_in(layout, shard).items()):
            is_wanted = "bin" in kinds and digest.hex.startswith(prefix)
            if is_wanted and (after is None or digest > after):
                yield digest


def last_in(shard: str) -> Digest:
    """The last digest that a shard could hold."""
    return Digest((shard[-5:-3] + shard[-2:]).ljust(64, "f"))
