"""Random operations on a disk store, beside a model that is a plain dictionary.

Files are stored (whole, or in drafts that interleave), removed and damaged, and the service is
killed and started again. After each step the store tells what the model says.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.mend import Mended
from data_bank_api.blobs.disk.store import DiskDraft
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo
from tests.fakes.disk import Seen, files_in, look, names_of, open_store, restart
from tests.fakes.files import FIRST, LATER, describe, neighbours

CONTENTS = (*neighbours(), b"", b"a", b"0123456789" * 30)

contents = st.sampled_from(CONTENTS)
places = st.integers(0, 9)  # of a draft under way or a stored file, counted round
details = st.tuples(
    st.sampled_from(["text/plain", "image/png", "text/csv; header=present"]),
    st.sampled_from([FIRST, LATER]),
)


@dataclass(frozen=True)
class Kept:
    """What lies on the disk: the bytes, and the sidecar; None where that is lost or broken."""

    content: bytes
    sidecar: FileInfo | None
    has_sidecar_file: bool = True
    is_condemned: bool = False

    def seen(self, digest: Digest) -> Seen:
        info = self.sidecar or FileInfo(digest, len(self.content), DEFAULT_CONTENT_TYPE, FIRST)
        is_whole = info.size == len(self.content) and not self.is_condemned
        return (info, self.content) if is_whole else "damaged"


@dataclass
class Writing:
    """A draft under way."""

    draft: DiskDraft
    content: bytes
    written: int = field(default=0)


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.layout = Layout(str(self.root))
        self.store = open_store(self.root)
        self.model: dict[Digest, Kept] = {}
        self.writing: list[Writing] = []

    def teardown(self) -> None:
        for writing in self.writing:
            writing.draft.discard()
        shutil.rmtree(self.root)

    @rule(content=contents, room=st.sampled_from([None, 0, 7, 5000]))
    def begin(self, content: bytes, room: int | None) -> None:
        self.writing.append(Writing(self.store.draft(room), content))

    @precondition(lambda self: self.writing)
    @rule(place=places, size=st.sampled_from([1, 5, 100, 300]))
    def write(self, place: int, size: int) -> None:
        writing = self.writing[place % len(self.writing)]
        piece = writing.content[writing.written :][:size]
        writing.draft.write(piece)
        writing.written += len(piece)

    @precondition(lambda self: self.writing)
    @rule(place=places, detail=details)
    def commit(self, place: int, detail: tuple[str, datetime]) -> None:
        writing = self.writing.pop(place % len(self.writing))
        writing.draft.write(writing.content[writing.written :])
        info = describe(writing.content, *detail)
        before = self.model.get(info.digest)
        kept = before.sidecar if before is not None else None
        expected = kept if kept is not None and kept.size == info.size else info
        stored = writing.draft.commit(info)
        assert (stored.info, stored.is_new) == (expected, before is None)
        self.model[info.digest] = Kept(writing.content, expected)

    @rule(content=contents, detail=details)
    def put(self, content: bytes, detail: tuple[str, datetime]) -> None:
        self.begin(content, len(content))
        self.commit(len(self.writing) - 1, detail)

    @precondition(lambda self: self.writing)
    @rule(place=places)
    def discard(self, place: int) -> None:
        self.writing.pop(place % len(self.writing)).draft.discard()

    @rule(content=contents)
    def remove(self, content: bytes) -> None:
        digest = Digest.of(content)
        was_there = self.model.pop(digest, None) is not None
        assert self.store.remove(digest) == was_there

    @precondition(lambda self: self.served())
    @rule(place=places)
    def cut_short(self, place: int) -> None:
        digest, kept = self.pick(place)
        half = len(kept.content) // 2
        os.truncate(self.layout.blob(digest), half)
        self.model[digest] = replace(kept, content=kept.content[:half])

    @precondition(lambda self: self.served())
    @rule(place=places, byte=st.binary(min_size=1, max_size=1))
    def overwrite(self, place: int, byte: bytes) -> None:
        digest, kept = self.pick(place)
        damaged = byte * len(kept.content)
        Path(self.layout.blob(digest)).write_bytes(damaged)
        self.model[digest] = replace(kept, content=damaged)

    @precondition(lambda self: self.served())
    @rule(place=places)
    def condemn(self, place: int) -> None:
        digest, kept = self.pick(place)
        if kept.seen(digest) != "damaged":
            blob = self.store.open(digest)
            assert blob.condemn()
            assert not blob.condemn()
            blob.close()
            self.model[digest] = replace(kept, is_condemned=True)

    @precondition(lambda self: self.served())
    @rule(place=places)
    def lose_sidecar(self, place: int) -> None:
        digest, kept = self.pick(place)
        Path(self.layout.sidecar(digest)).unlink(missing_ok=True)
        self.model[digest] = Kept(kept.content, None, has_sidecar_file=False)

    @precondition(lambda self: self.served())
    @rule(place=places, garbage=st.binary(max_size=20))
    def break_sidecar(self, place: int, garbage: bytes) -> None:
        digest, kept = self.pick(place)
        Path(self.layout.sidecar(digest)).write_bytes(garbage)
        self.model[digest] = Kept(kept.content, None)

    @rule()
    def be_killed_and_start_again(self) -> None:
        for writing in self.writing:
            os.close(writing.draft._file._fd)  # the file stays, its lock goes
        swept, mended = restart(self.root)
        lost = [digest for digest, kept in self.served() if not kept.has_sidecar_file]
        assert (swept, mended) == (len(self.writing), Mended(rebuilt=len(lost)))
        self.writing.clear()
        self.store = open_store(self.root)
        for digest in lost:
            rebuilt = self.store.stat(digest)
            assert rebuilt.content_type == DEFAULT_CONTENT_TYPE
            self.model[digest] = Kept(self.model[digest].content, rebuilt)

    @rule()
    def start_beside_the_one_at_work(self) -> None:
        lost = [digest for digest, kept in self.served() if not kept.has_sidecar_file]
        assert restart(self.root) == (0, Mended(rebuilt=len(lost)))
        for digest in lost:
            self.model[digest] = Kept(self.model[digest].content, self.store.stat(digest))

    def pick(self, place: int) -> tuple[Digest, Kept]:
        served = self.served()
        return served[place % len(served)]

    def served(self) -> list[tuple[Digest, Kept]]:
        """What is not in quarantine: only that is damaged further."""
        return [(digest, kept) for digest, kept in self.model.items() if not kept.is_condemned]

    @invariant()
    def every_file_is_what_the_model_says(self) -> None:
        for content in CONTENTS:
            digest = Digest.of(content)
            kept = self.model.get(digest)
            expected = "missing" if kept is None else kept.seen(digest)
            found = look(self.root, digest)
            if kept is not None and kept.sidecar is None:
                expected, found = ignoring_date(expected), ignoring_date(found)
            assert found == expected

    @invariant()
    def the_list_is_what_the_model_says(self) -> None:
        whole = {digest for digest, kept in self.model.items() if kept.seen(digest) != "damaged"}
        assert [info.digest for info in self.store.list("", None, 100)] == sorted(whole)

    @invariant()
    def the_disk_holds_nothing_else(self) -> None:
        expected = {
            name.replace(".bin", ".bad") if kept.is_condemned else name
            for digest, kept in self.model.items()
            for name in names_of(digest)
        }
        found = set(files_in(self.root))
        drafts = {name for name in found if name.startswith("tmp/")}
        assert len(drafts) == len(self.writing)
        lost = [kept for kept in self.model.values() if not kept.has_sidecar_file]
        assert found - drafts <= expected
        assert len(found - drafts) == len(expected) - len(lost)


def ignoring_date(seen: Seen) -> Seen:
    return seen if isinstance(seen, str) else (replace(seen[0], created_at=FIRST), seen[1])


StoreMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestStore = StoreMachine.TestCase
