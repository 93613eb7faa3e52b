"""Where the indexes lie: one folder a generation, there from the moment it is whole.

    STATE_ROOT/catalog/
        keeper.lock                   who keeps the indexes holds it (keeper.py)
        <generation>/                 tantivy's own files, and
            catalog.json              the form of its entries, and how far it followed the stream
            suspect                   somebody could not read it
        <generation>.<random>.part/   being made

A generation has a name of letters and digits; nothing else here is one. It comes from Redis, so
what is no such name is never a path.
"""

import os
import re
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from data_bank_api.catalog.index.engine import UnreadableIndexError, engine_errors
from data_bank_api.catalog.index.schema import FORM, open_index
from data_bank_api.catalog.index.soundness import is_sound
from data_bank_client.errors import NotFoundError

# What is not the current generation's stays as long after it was last written: it may be the
# next one, or be made this very moment.
KEPT_SECONDS = 3600.0

_PART = ".part"
_NAME = re.compile(r"\A[A-Za-z0-9]{1,64}\Z")


class _State(msgspec.Struct, frozen=True):
    form: int
    position: str | None = None


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """Of one generation, be it there or not."""

    path: Path

    def is_usable(self) -> bool:
        """Whether it is there, of the form that is read now, and undamaged. It reads all of it."""
        return self.is_known and is_sound(self.path) and self._can_be_opened()

    @property
    def is_known(self) -> bool:
        """Whether it is there, of the form that is read now."""
        return self._state().form == FORM

    @property
    def position(self) -> str | None:
        """How far in the stream it is; None where it has followed none of it."""
        return self._state().position

    def write_position(self, position: str | None) -> None:
        """Also makes it a folder of the form that is written now."""
        new = self.path / f"catalog.{uuid.uuid4().hex}"
        try:
            new.write_bytes(msgspec.json.encode(_State(FORM, position)))
            new.replace(self.path / "catalog.json")
        except OSError:  # on a full disk it would be left each time
            new.unlink(missing_ok=True)
            raise

    def version(self) -> tuple[int, int] | None:
        """Another one after each change; None where it is not there."""
        try:
            found = (self.path / "meta.json").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def suspect(self) -> None:
        """Have it looked through by who keeps it."""
        with suppress(OSError):
            (self.path / "suspect").touch()

    def is_suspect(self) -> bool:
        return (self.path / "suspect").exists()

    def clear(self) -> None:
        (self.path / "suspect").unlink(missing_ok=True)

    def _can_be_opened(self) -> bool:
        try:
            with engine_errors():
                open_index(str(self.path))
        except UnreadableIndexError:
            return False
        return True

    def _state(self) -> _State:
        try:
            return msgspec.json.decode((self.path / "catalog.json").read_bytes(), type=_State)
        except (OSError, msgspec.DecodeError):
            return _State(form=-1)


@dataclass(frozen=True, slots=True)
class IndexFolders:
    """Whatever is given a generation raises NotFoundError for a name that can be none's."""

    root: Path

    def of(self, generation: str) -> IndexFolder:
        if not _NAME.match(generation):
            raise NotFoundError("Redis names a generation of the catalog that can be none")
        return IndexFolder(self.root / generation)

    def begin(self, generation: str) -> IndexFolder:
        """A new, empty folder to make the index in."""
        whole = self.of(generation).path
        part = whole.with_name(f"{whole.name}.{uuid.uuid4().hex}{_PART}")
        part.mkdir(parents=True, mode=0o700)
        return IndexFolder(part)

    def complete(self, part: IndexFolder, generation: str) -> None:
        """What was made takes its place at once. One that is there already stays."""
        try:
            part.path.rename(self.of(generation).path)
        except OSError:
            if not self.of(generation).path.is_dir():
                raise
            self.discard(part)

    def discard(self, folder: IndexFolder) -> None:
        """It is gone at once for who looks for it; who has it open may read on."""
        gone = self.root / f"{uuid.uuid4().hex}{_PART}"
        with suppress(FileNotFoundError):
            folder.path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def tidy(self, current: str, now: float) -> None:
        """Remove what nobody has written for KEPT_SECONDS and is not the current generation's."""
        with os.scandir(self.root) as found:
            old = [each.name for each in found if each.is_dir() and self._is_old(each, now)]
        for name in old:
            if name != current:
                self.discard(IndexFolder(self.root / name))

    def _is_old(self, entry: "os.DirEntry[str]", now: float) -> bool:
        return now - entry.stat().st_mtime > KEPT_SECONDS
