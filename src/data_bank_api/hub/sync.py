"""The work of the mirror on a repository: a sync, a download, or both.

    sync       pin the revision, list its tree, fetch the small metadata; a snapshot, if all is here
    download   fetch what is not here; a snapshot, if all is here
    bring in   list it, fetch the small metadata, then the rest; a snapshot

Each may be run twice, or at once, and be cut off anywhere: what was done stays done. How the last
one went stands in the repository, and why a file failed in its artifact.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from data_bank_api.hub.artifact import Artifact, Sum, Sums, sum_of
from data_bank_api.hub.artifacts import BATCH, OPEN, Wanted
from data_bank_api.hub.downloads import Downloads
from data_bank_api.hub.listing import OvertakenError, begin_listing
from data_bank_api.hub.mirror import Mirror, Teller
from data_bank_api.hub.repository import Repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.snapshots import Snapshot
from data_bank_api.hub.tree import TreeFile
from data_bank_api.hub.trouble import Trouble, trouble_of
from data_bank_client.errors import ConflictError, DataBankClientError, InternalError
from data_bank_client.wire.files import FileInfo

METADATA = 10_000_000  # bytes: what is smaller is fetched by a sync


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sums` of all artifacts; `moved`: the bytes that came over the network.

    `snapshot` and its `manifest` are there where all files are.
    """

    repository: Repository
    sums: Sums
    snapshot: Snapshot | None
    manifest: FileInfo | None
    moved: int


def sync(mirror: Mirror, name: RepoName, teller: Teller) -> Outcome:
    """Raises NotFoundError where it is not registered, and the errors of Hub, bank and database."""
    repository = mirror.registry.find(name)
    with _marked(mirror, repository):
        _list(mirror, repository, teller)
        moved = _fetch_open(mirror, repository, is_small_metadata, teller)
        return _conclude(mirror, repository, moved, teller)


def bring_in(mirror: Mirror, name: RepoName, teller: Teller) -> Outcome:
    """A sync, and all that it has left. Raises as `sync`."""
    repository = mirror.registry.find(name)
    with _marked(mirror, repository):
        _list(mirror, repository, teller)
        mirror.registry.mark(repository.repository_id, "synced")
        moved = _fetch_metadata_first(mirror, repository, teller)
        moved += _fetch_open(mirror, repository, lambda _: True, teller)
        return _conclude(mirror, repository, moved, teller)


def download(mirror: Mirror, name: RepoName, teller: Teller) -> Outcome:
    """Raises as `sync`, and ConflictError where the repository was never listed."""
    repository = mirror.registry.find(name)
    if repository.commit is None:
        raise ConflictError(f"the {name.repo_type} {name} was never listed: sync it first")
    with _marked(mirror, repository):
        moved = _fetch_open(mirror, repository, lambda _: True, teller)
        return _conclude(mirror, repository, moved, teller)


def download_some(mirror: Mirror, artifact_ids: Sequence[str], teller: Teller) -> list[Outcome]:
    """Artifacts, whatever repositories they are of: the outcome of each of these.

    Raises as `sync`, and NotFoundError where there is no such artifact.
    """
    outcomes: list[Outcome] = []
    wanted = mirror.artifacts.get(artifact_ids)
    for repository_id in sorted({each.repository_id for each in wanted}):
        repository = mirror.registry.get(repository_id)
        its = [each for each in wanted if each.repository_id == repository_id]
        with _marked(mirror, repository):
            moved = _fetch(mirror, repository, [its], sum_of(its), teller)
            outcomes.append(_conclude(mirror, repository, moved, teller))
    return outcomes


def is_small_metadata(artifact: Artifact) -> bool:
    """What tells of a repository: not its weights, nor a data set's files, which are in LFS."""
    is_told_by_name = artifact.kind in {"config", "tokenizer"}
    is_plain = artifact.kind == "other" and artifact.file.sha256 is None
    return artifact.file.size < METADATA and (is_told_by_name or is_plain)


def _list(mirror: Mirror, repository: Repository, teller: Teller) -> None:
    name, asked = repository.name, repository.asked
    mirror.registry.mark(repository.repository_id, "syncing")
    commit = mirror.hub.pin(name, asked.revision)
    teller.log(f"{asked.revision} is the commit {commit}")
    tensors = mirror.hub.tensors(name, commit)
    listing = begin_listing(mirror.database, repository.repository_id, commit, tensors)
    is_chosen = asked.patterns.chooser()
    chosen = (each for each in mirror.hub.tree(name, commit) if is_chosen(each.path))
    count = 0
    for batch in _batches(chosen):
        listing.take(batch, mirror.holdings.find(batch))
        count += len(batch)
        teller.progress(0, f"{count} files listed", {"files_listed": count})
    listing.finish(mirror.clock)
    teller.log(f"{count} files are listed")


def _batches(files: Iterable[TreeFile]) -> Iterator[Sequence[TreeFile]]:
    source = iter(files)
    while batch := list(islice(source, BATCH)):
        yield batch


def _open(
    mirror: Mirror, repository: Repository, is_wanted: Callable[[Artifact], bool]
) -> Iterator[Sequence[Artifact]]:
    for batch in mirror.artifacts.batches(repository.repository_id, Wanted(OPEN)):
        yield [each for each in batch if is_wanted(each)]


def _fetch_metadata_first(mirror: Mirror, repository: Repository, teller: Teller) -> int:
    """The little that says what a repository is need not wait for its weights."""
    try:
        return _fetch_open(mirror, repository, is_small_metadata, _Unmeasured(teller))
    except DataBankClientError:
        return 0  # what failed is tried once more with the rest, and told then


@dataclass(frozen=True, slots=True)
class _Unmeasured:
    """Told of a part of the work: the percent of the whole would be another."""

    teller: Teller

    def progress(
        self, percent: float, message: str | None = None, payload: dict[str, object] | None = None
    ) -> None:
        del percent
        self.teller.progress(0, message and f"metadata first: {message}", payload)

    def log(self, text: str) -> None:
        self.teller.log(text)


def _fetch_open(
    mirror: Mirror, repository: Repository, is_wanted: Callable[[Artifact], bool], teller: Teller
) -> int:
    # They are read twice, and never all held at once.
    total = sum(map(sum_of, _open(mirror, repository, is_wanted)), Sum())
    batches = _open(mirror, repository, is_wanted)
    return _fetch(mirror, repository, batches, total, teller)


def _fetch(
    mirror: Mirror,
    repository: Repository,
    batches: Iterable[Sequence[Artifact]],
    total: Sum,
    teller: Teller,
) -> int:
    """How many bytes came over the network."""
    names = {repository.repository_id: repository.name}
    downloads = Downloads(mirror, names, total, teller)
    downloads.run(batches)
    return downloads.tally.moved


def _conclude(mirror: Mirror, repository: Repository, moved: int, teller: Teller) -> Outcome:
    repository_id = repository.repository_id
    snapshot = mirror.publisher.publish(repository_id)
    if snapshot is None:
        mirror.registry.mark(repository_id, "synced")
    else:
        teller.log(f"the snapshot of {snapshot.commit} is complete")
    manifest = None if snapshot is None else mirror.store.stat(snapshot.manifest)
    sums = mirror.artifacts.sums(repository_id)
    return Outcome(mirror.registry.get(repository_id), sums, snapshot, manifest, moved)


@contextmanager
def _marked(mirror: Mirror, repository: Repository) -> Iterator[None]:
    """What ends the work is told in the repository, unless another tells of it already."""
    try:
        yield
    except OvertakenError:
        raise
    except DataBankClientError as error:
        mirror.registry.mark(repository.repository_id, "error", trouble_of(error))
        raise
    except BaseException:
        trouble = Trouble(code=InternalError.code, message="it was ended in the middle")
        mirror.registry.mark(repository.repository_id, "error", trouble)
        raise
