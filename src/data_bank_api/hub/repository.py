"""A repository as it is mirrored, and what is asked for when one is registered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Self

import msgspec

from data_bank_api.db.schema import RepositoryRow
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.revision import check_revision
from data_bank_api.hub.trouble import Trouble
from data_bank_api.queue.place import Place
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.hub import SYNC_HOURS_LIMIT, USUAL_SYNC_HOURS

# registered: never listed; syncing: it is listed just now; error: the last try failed.
RepositoryState = Literal["registered", "syncing", "synced", "error"]
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Registration:
    """What is to be mirrored. Make one with `parse`.

    `revision` is a branch, a tag or a commit. `vendor` and `label` are words for people. With
    `sync_hours` it is listed again each so many hours; with `auto_sync` too, and then downloaded.
    """

    name: RepoName
    revision: str = "main"
    vendor: str | None = None
    label: str | None = None
    patterns: Patterns = field(default_factory=Patterns)
    sync_hours: int | None = None
    auto_sync: bool = False

    @classmethod
    def parse(
        cls,
        name: RepoName,
        *,
        revision: str = "main",
        vendor: str | None = None,
        label: str | None = None,
        patterns: Patterns | None = None,
        sync_hours: int | None = None,
        auto_sync: bool = False,
    ) -> Self:
        """Raises InvalidInputError."""
        check_revision(revision)
        for field_name, text in (("vendor", vendor), ("name", label)):
            if text is not None:
                _check_text(field_name, text, LONGEST_LABEL)
        if sync_hours is not None and not 1 <= sync_hours <= SYNC_HOURS_LIMIT:
            raise InvalidInputError(f"sync_hours: 1 to {SYNC_HOURS_LIMIT}")
        patterns = patterns or Patterns()
        return cls(name, revision, vendor, label, patterns, sync_hours, auto_sync)

    @property
    def hours(self) -> int | None:
        """Between two syncs; None where it is synced by hand alone."""
        if self.auto_sync and self.sync_hours is None:
            return USUAL_SYNC_HOURS
        return self.sync_hours

    def next_after(self, since: datetime, now: datetime) -> datetime | None:
        """The first time after `now` of those that are whole periods after `since`."""
        if self.hours is None:
            return None
        period = timedelta(hours=self.hours)
        return since + max((now - since) // period + 1, 1) * period


@dataclass(frozen=True, slots=True)
class Repository:
    """`commit`: of the last listing that was finished; `head`: of the newest snapshot.

    `next_sync_at`: when it is to be synced by itself.
    """

    repository_id: str
    asked: Registration
    state: RepositoryState
    error: Trouble | None
    commit: str | None
    head: str | None
    registered_at: datetime
    synced_at: datetime | None
    next_sync_at: datetime | None

    @property
    def name(self) -> RepoName:
        return self.asked.name

    @property
    def place(self) -> Place:
        """In the list, newest first."""
        return Place(self.registered_at, self.repository_id)


def read_repository(row: RepositoryRow) -> Repository:
    asked = Registration(
        name=RepoName.parse(row.repo_type, row.repo_id),
        revision=row.revision,
        vendor=row.vendor,
        label=row.name,
        patterns=Patterns(tuple(row.include), tuple(row.exclude)),
        sync_hours=row.sync_hours,
        auto_sync=row.auto_sync,
    )
    return Repository(
        repository_id=row.repository_id,
        asked=asked,
        state=msgspec.convert(row.state, RepositoryState),
        error=msgspec.convert(row.error, Trouble | None),
        commit=row.commit_id,
        head=row.head,
        registered_at=row.registered_at,
        synced_at=row.synced_at,
        next_sync_at=row.next_sync_at,
    )


def _check_text(name: str, text: str, longest: int) -> None:
    if not (text.strip() and len(text) <= longest and text.isprintable()):
        raise InvalidInputError(f"{name}: 1 to {longest} characters, none of them hidden")
