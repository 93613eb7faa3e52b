"""A folder as it is, down to the times at which anything in it was changed."""

from pathlib import Path


def listing(root: Path) -> list[tuple[str, int, int, int, int]]:
    """All below the root, and itself: path, inode, size, time of writing, time of change."""
    found = [(path, path.lstat()) for path in sorted([root, *root.rglob("*")])]
    return [
        (str(path), each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns)
        for path, each in found
    ]
