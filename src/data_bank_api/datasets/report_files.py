"""The files that reports bring into the bank, each written down before it is stored.

So a report that was stored by a run which was killed before it could say so is known, and a file
that somebody else had brought in is never taken for one.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import update

from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.blobs.store import BlobReader
from data_bank_api.datasets.dataset import ReportFile
from data_bank_api.db.database import Database
from data_bank_api.db.insert import insert_into
from data_bank_api.db.schema import ReportFileRow
from data_bank_api.queue.clock import Clock, utc_now
from data_bank_client.errors import FileQuarantinedError, NotFoundError
from data_bank_client.wire.digest import Digest


@dataclass(frozen=True, slots=True)
class ReportFiles:
    database: Database
    store: BlobReader
    receiver: Receiver
    clock: Clock = utc_now

    def keep(self, content: bytes) -> ReportFile:
        """On return it is durable; no dataset has it yet. Raises as an upload does."""
        digest = Digest(hashlib.sha256(content).hexdigest())
        self._write_down(digest)
        intake = self.receiver.begin(Declared(size=len(content), digest=digest))
        try:
            intake.open()
            intake.write(content)
            return ReportFile(digest, intake.finish("application/json").info.size)
        finally:
            intake.discard()

    def _write_down(self, digest: Digest) -> None:
        now = self.clock()
        is_there = is_in_bank(self.store, digest)
        with self.database.transaction() as session:
            if is_there:  # it is a report's already, or it stays somebody else's
                change = update(ReportFileRow).where(ReportFileRow.digest == digest.hex)
                session.execute(change.values(made_at=now))
                return
            new = insert_into(session, ReportFileRow).values(digest=digest.hex, made_at=now)
            session.execute(
                new.on_conflict_do_update(index_elements=["digest"], set_={"made_at": now})
            )


def is_in_bank(store: BlobReader, digest: Digest) -> bool:
    """Whether it is there, be it damaged."""
    try:
        store.stat(digest)
    except NotFoundError:
        return False
    except FileQuarantinedError:
        return True
    return True


def can_be_read(store: BlobReader, report: ReportFile | None) -> bool:
    """Whether there is one, and it is not damaged."""
    try:
        return report is not None and store.stat(report.digest).size == report.size
    except (NotFoundError, FileQuarantinedError):
        return False
