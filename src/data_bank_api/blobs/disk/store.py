"""The disk store: a `BlobStore` below one folder, shared by any number of processes."""

import os
from dataclasses import replace
from itertools import islice

import xxhash

from data_bank_api.blobs.disk.adopted import AdoptedFile
from data_bank_api.blobs.disk.blob import DiskBlob, Opener
from data_bank_api.blobs.disk.draft import TemporaryFile, full_disk_told
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.shard import LockedShard, Shards
from data_bank_api.blobs.disk.sidecar import format_sidecar, read_sidecar
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.walk import walk
from data_bank_api.blobs.store import Stored
from data_bank_client.errors import (
    FileQuarantinedError,
    InsufficientStorageClientError,
    NotFoundError,
    ServiceUnavailableError,
)
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

# How often a draft of unknown size looks at the free space, in bytes written.
_GUARD_EVERY = 16 * 1024 * 1024


class DiskDraft:
    """A `Draft` on the disk."""

    def __init__(
        self, store: "DiskStore", file: TemporaryFile | AdoptedFile, room: int | None
    ) -> None:
        self._store = store
        self._file = file
        self._unguarded = 0 if room is None else -room
        self._checksum = xxhash.xxh3_128()

    def write(self, chunk: bytes | memoryview) -> None:
        self._unguarded += len(chunk)
        if self._unguarded > _GUARD_EVERY:
            self._store.guard(0)
            self._unguarded = 0
        self._checksum.update(chunk)
        with full_disk_told():
            self._file.write(chunk)

    def commit(self, info: FileInfo) -> Stored:
        try:
            with full_disk_told():
                self._file.seal(info.size)
                checksum = self._checksum.hexdigest()
                return self._store.publish(self._file, replace(info, checksum=checksum))
        finally:
            self._file.close()

    def discard(self) -> None:
        self._file.close()


class DiskStore:
    """Blobs below `root`, of which uploads leave `min_free` bytes of the disk free."""

    def __init__(self, root: str, min_free: int = 0, system: System | None = None) -> None:
        self._layout = Layout(root)
        self._min_free = min_free
        self._system = system or System()
        self._shards = Shards(self._system, self._layout)
        self._opener = Opener(self._system, self._layout)

    def stat(self, digest: Digest) -> FileInfo:
        blob = self.open(digest)
        blob.close()
        return blob.info

    def open(self, digest: Digest) -> DiskBlob:
        return self._opener.open(digest)

    def read_now(self, digest: Digest, most: int) -> tuple[FileInfo, bytes] | None:
        return self._opener.read_now(digest, most)

    def guard(self, room: int) -> None:
        """Raises InsufficientStorageClientError where `room` more bytes leave too little free."""
        if self._system.free(self._layout.root) - room < self._min_free:
            raise InsufficientStorageClientError("the disk has no room for this file")

    def draft(self, room: int | None) -> DiskDraft:
        self.guard(room or 0)
        with full_disk_told():
            file = TemporaryFile(self._system, self._layout.tmp)
            if room is not None:
                self._take_room(file, room)
        return DiskDraft(self, file, room)

    def adopt(self, path: str) -> DiskDraft:
        file = AdoptedFile(self._system, path)
        return DiskDraft(self, file, file.size)

    def _take_room(self, file: TemporaryFile, room: int) -> None:
        try:
            file.allocate(room)
            self.guard(0)  # others may have passed the first guard and then taken room too
        except BaseException:
            file.close()
            raise

    def publish(self, file: TemporaryFile | AdoptedFile, info: FileInfo) -> Stored:
        """Steps 5 to 9 of a durable write; `file` holds the bytes, durable, not yet the store's."""
        self._shards.make(info.digest)
        with LockedShard(self._system, self._layout, info.digest) as shard:
            is_healing = os.path.lexists(self._layout.condemned(info.digest))
            is_new = not is_healing and not os.path.lexists(self._layout.blob(info.digest))
            stored = Stored(self._write_sidecar(info, is_new=is_new), is_new)
            file.publish(self._layout.blob(info.digest))
            if is_healing:
                self._unlink(self._layout.condemned(info.digest))
            shard.sync()
            self._shards.sync_ancestors(info.digest)
        return stored

    def _write_sidecar(self, info: FileInfo, *, is_new: bool) -> FileInfo:
        """What is known of the file from now on: of a valid sidecar the type and date are kept."""
        path = self._layout.sidecar(info.digest)
        # Without its blob a sidecar is what a crash left: it does not speak for this file.
        kept = None if is_new else read_sidecar(path, info.digest)
        if kept is None or kept.size != info.size:
            self.write_sidecar_file(path, info)
            return info
        if kept.checksum != info.checksum:
            kept = replace(kept, checksum=info.checksum)
            self.write_sidecar_file(path, kept)
        return kept

    def write_sidecar_file(self, path: str, info: FileInfo) -> None:
        """Under the shard's lock; the name is durable when the shard is next synced."""
        content = format_sidecar(info)
        file = TemporaryFile(self._system, self._layout.tmp)
        try:
            file.write(content)
            file.seal(len(content))
            file.publish(path)
        finally:
            file.close()

    def list(self, prefix: str, after: Digest | None, limit: int) -> list[FileInfo]:
        found = walk(self._layout, prefix, after)
        infos = (self._stat_or_none(digest) for digest in found)
        return list(islice((info for info in infos if info is not None), limit))

    def _stat_or_none(self, digest: Digest) -> FileInfo | None:
        """None for what was removed since it was seen, or is not served."""
        try:
            return self.stat(digest)
        except (NotFoundError, FileQuarantinedError):
            return None

    def remove(self, digest: Digest) -> bool:
        try:
            locked = LockedShard(self._system, self._layout, digest)
        except (FileNotFoundError, NotADirectoryError):
            return False
        with full_disk_told(), locked as shard:
            was_served = self._unlink(self._layout.blob(digest))
            was_condemned = self._unlink_condemned(digest)
            self._unlink(self._layout.sidecar(digest))
            shard.sync()
        return was_served or was_condemned

    def _unlink(self, path: str) -> bool:
        try:
            self._system.unlink(path)
        except FileNotFoundError:
            return False
        return True

    def _unlink_condemned(self, digest: Digest) -> bool:
        path = self._layout.condemned(digest)
        return os.path.lexists(path) and self._unlink(path)

    def check(self) -> None:
        try:
            if self._system.free(self._layout.root) < self._min_free:
                raise ServiceUnavailableError("the disk has too little free space")
            file = TemporaryFile(self._system, self._layout.tmp)
            try:
                file.write(b"ready?")
            finally:
                file.close()
        except OSError as error:
            raise ServiceUnavailableError(
                f"the disk cannot be written: {error.strerror}"
            ) from error
