"""Files of a repository of the Hub, chosen by patterns, into the bank: it is not registered.

    pin the revision ──► list what is chosen ──► fetch what the bank has not ──► a manifest

They are fetched as the mirror does it (hub/downloads.py): verified, several at once, gone on with
after a kill. In the mirror's tables nothing of it stands but git's names of what was verified:
a run may be cut off anywhere, and the next one finds what has come by its digest.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.corpus.ingested import SHOWN, Ingested, IngestedFile
from data_bank_api.corpus.tree_list import TreeList
from data_bank_api.hub.artifact import Artifact, Sum, sum_of
from data_bank_api.hub.downloads import Downloads
from data_bank_api.hub.holdings import Holdings
from data_bank_api.hub.manifest import CONTENT_TYPE, write_manifest
from data_bank_api.hub.mirror import Mirror, Teller
from data_bank_api.hub.patterns import Patterns
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.tree import TreeFile
from data_bank_client.errors import NotFoundError, ServiceUnavailableError
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import FileInfo

_TOLD_EVERY = 1000  # files, while they are listed
_NOWHERE = ""  # the id of a repository that is not registered
_Stored = Sequence[tuple[Artifact, Digest]]


@dataclass(frozen=True, slots=True)
class WantedFiles:
    """Which files, of which revision of which repository."""

    name: RepoName
    revision: str
    patterns: Patterns


def ingest_repository(mirror: Mirror, wanted: WantedFiles, teller: Teller) -> Ingested:
    """Raises NotFoundError where no file is chosen, and the errors of Hub, bank and database."""
    name = wanted.name
    commit = mirror.hub.pin(name, wanted.revision)
    teller.log(f"{wanted.revision} is the commit {commit}")
    with TreeList() as listed:
        is_chosen = wanted.patterns.chooser()
        chosen = (each for each in mirror.hub.tree(name, commit) if is_chosen(each.path))
        listed.take(_counted(chosen, teller))
        total = listed.total
        if not total.files:
            raise NotFoundError(f"the {name.repo_type} {name} has none of these files at {commit}")
        # They are read twice, and never all held at once.
        missing = sum(map(sum_of, _missing(mirror.holdings, commit, listed)), Sum())
        teller.log(f"{total.files} files are asked for, {missing.files} of them are to be fetched")
        downloads = Downloads(mirror, {_NOWHERE: name}, missing, teller)
        downloads.run(_missing(mirror.holdings, commit, listed))
        return Ingested(
            result=_result(mirror, name, commit, listed),
            files=total.files,
            bytes=total.bytes,
            moved=downloads.tally.moved,
            first=_first(mirror.holdings, listed),
            more={"repo_type": name.repo_type, "repo_id": name.repo_id, "commit": commit},
        )


def _counted(files: Iterable[TreeFile], teller: Teller) -> Iterator[TreeFile]:
    for count, each in enumerate(files, 1):
        yield each
        if count % _TOLD_EVERY == 0:
            teller.progress(0, f"{count} files listed", {"files_listed": count})


def _unregistered(commit: str, files: Sequence[TreeFile]) -> Sequence[Artifact]:
    """As artifacts that no table has: what is written of them is written nowhere."""
    return [
        Artifact(
            artifact_id=uuid.uuid4().hex,
            repository_id=_NOWHERE,
            file=each,
            kind="other",
            format=None,
            precision=None,
            commit=commit,
            state="pending",
            digest=None,
            error=None,
        )
        for each in files
    ]


def _missing(holdings: Holdings, commit: str, listed: TreeList) -> Iterator[Sequence[Artifact]]:
    """What the bank has not, as it is when it is asked for."""
    for files in listed.batches():
        held = holdings.find(files)
        yield _unregistered(commit, [each for each in files if each not in held])


def _result(mirror: Mirror, name: RepoName, commit: str, listed: TreeList) -> FileInfo:
    if listed.total.files > 1:
        batches = _stored(mirror.holdings, commit, listed)
        return _store(mirror.receiver, write_manifest(name, commit, batches))
    [[(_, digest)]] = _stored(mirror.holdings, commit, listed)
    return mirror.store.stat(digest)


def _stored(holdings: Holdings, commit: str, listed: TreeList) -> Iterator[_Stored]:
    """All files with their digests. Raises ServiceUnavailableError where one is gone again."""
    for files in listed.batches():
        held = holdings.find(files)
        if len(held) < len(files):
            raise ServiceUnavailableError("a file was removed from the bank in the meantime")
        yield [(each, held[each.file]) for each in _unregistered(commit, files)]


def _store(receiver: Receiver, manifest: Iterable[bytes]) -> FileInfo:
    intake = receiver.begin(Declared())
    try:
        intake.open()
        for piece in manifest:
            intake.write(piece)
        return intake.finish(CONTENT_TYPE).info
    finally:
        intake.discard()


def _first(holdings: Holdings, listed: TreeList) -> Sequence[IngestedFile]:
    files = next(listed.batches())[:SHOWN]
    held = holdings.find(files)
    return [IngestedFile(each.path.text, held[each], each.size) for each in files if each in held]
