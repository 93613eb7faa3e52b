"""A file at an https address into the bank: whole, as it was declared, or not at all.

its sha256 is declared and in the bank      nothing is asked for
its size is told, and it is bound by its    by parallel ranges, as the mirror fetches; gone on
sha256 or a strong ETag                     with after a kill
else                                        by one request; when it fails, by the job's next try
"""

from collections.abc import Iterator
from dataclasses import dataclass

from data_bank_api.blobs.receive import Declared, Receiver
from data_bank_api.blobs.store import BlobReader
from data_bank_api.corpus.arrival import Arrival
from data_bank_api.corpus.ingested import Ingested, IngestedFile
from data_bank_api.corpus.locator import Locator
from data_bank_api.corpus.same_state import SameState
from data_bank_api.corpus.wanted_file import WantedFile
from data_bank_api.corpus.web_files import WebFile, WebFiles
from data_bank_api.hub.expected import Expected, Sha256
from data_bank_api.hub.mirror import Fetcher, Teller
from data_bank_api.hub.transfer_meter import TransferMeter
from data_bank_client.errors import FileQuarantinedError, InvalidInputError, NotFoundError
from data_bank_client.wire.content_type import guess_content_type, is_content_type
from data_bank_client.wire.digest import Digest
from data_bank_client.wire.files import DEFAULT_CONTENT_TYPE, FileInfo


@dataclass(frozen=True, slots=True)
class Web:
    """What a file is fetched with."""

    files: WebFiles
    fetcher: Fetcher
    store: BlobReader
    receiver: Receiver


def ingest_address(web: Web, wanted: WantedFile, teller: Teller) -> Ingested:
    """Raises the errors of WebFiles, bank and fetcher."""
    arrival = Arrival(teller)
    info = _held(web.store, wanted.digest) or _fetch(web, wanted, arrival)
    return Ingested(
        result=info,
        files=1,
        bytes=info.size,
        moved=arrival.moved,
        first=[IngestedFile(wanted.shown_name, info.digest, info.size)],
        more={"content_type": info.content_type},
    )


def _held(store: BlobReader, digest: Digest | None) -> FileInfo | None:
    if digest is None:
        return None
    try:
        return store.stat(digest)
    except (NotFoundError, FileQuarantinedError):
        return None


def _fetch(web: Web, wanted: WantedFile, arrival: Arrival) -> FileInfo:
    with web.files.open(wanted.url) as (file, chunks):
        expected = _expected(wanted, file)
        if file.size is None or expected is None:
            return _take(web.receiver, wanted, file, chunks, arrival)
    web.receiver.begin(Declared(file.size, digest=wanted.digest))  # refused before room is taken
    return web.fetcher.fetch(
        Locator(web.files, wanted.url, file),
        file.size,
        expected,
        web.receiver,
        content_type=_content_type(wanted, file),
        on_progress=arrival.follow,
        is_over=lambda: False,
    )


def _expected(wanted: WantedFile, file: WebFile) -> Expected | None:
    if wanted.digest is not None:
        return Sha256(wanted.digest)
    if file.etag is not None:
        return SameState(str(wanted.url), file.etag, file.size or 0)
    return None


def _take(
    receiver: Receiver,
    wanted: WantedFile,
    file: WebFile,
    chunks: Iterator[bytes],
    arrival: Arrival,
) -> FileInfo:
    """All in this one answer."""
    if not file.is_framed and wanted.digest is None:
        raise InvalidInputError(
            f"{wanted.url.host} does not tell where the file ends: give its sha256"
        )
    meter = TransferMeter(file.size or 0)
    intake = receiver.begin(Declared(file.size, digest=wanted.digest))
    try:
        intake.open()
        for chunk in chunks:
            intake.write(chunk)
            meter.add(len(chunk))
            arrival.follow(meter.read())
        return intake.finish(_content_type(wanted, file)).info
    finally:
        intake.discard()


def _content_type(wanted: WantedFile, file: WebFile) -> str:
    """As it was given, or as the answer says it, or as the name does."""
    if wanted.content_type is not None:
        return wanted.content_type
    said = (file.content_type or "").strip()
    is_telling = is_content_type(said) and said != DEFAULT_CONTENT_TYPE
    return said if is_telling else guess_content_type(wanted.shown_name)
