"""Both clients behind one blocking face, so that every test runs with either."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar, Unpack

from data_bank_client import (
    AsyncDataBankClient,
    BatchAnswer,
    FileAnswer,
    FileHead,
    FilePage,
    JobAnswer,
    JobDetail,
    JobFilter,
    JobPage,
    Progress,
    SeenEvent,
)
from data_bank_client.calls.outgoing import Stream
from data_bank_client.calls.watching import Watched

T = TypeVar("T")


class Face(Protocol):
    """What tests call of a client."""

    def close(self) -> None: ...

    def upload(
        self,
        filename: str,
        stream: Stream,
        content_type: str | None = None,
        *,
        on_progress: Progress | None = None,
    ) -> FileAnswer: ...

    def upload_path(
        self,
        path: Path,
        *,
        content_type: str | None = None,
        force: bool = False,
        on_progress: Progress | None = None,
    ) -> FileAnswer: ...

    def download_to_path(
        self,
        file_id: str,
        path: Path,
        resume: bool = True,
        verify_etag: bool = True,
        *,
        on_progress: Progress | None = None,
    ) -> Path: ...

    def read_range(self, file_id: str, start: int, stop: int) -> bytes: ...
    def stream(self, file_id: str, *, on_progress: Progress | None = None) -> Iterator[bytes]: ...
    def head(self, file_id: str) -> FileHead: ...
    def info(self, file_id: str) -> FileAnswer: ...
    def list(self, limit: int = 100, cursor: str | None = None, prefix: str = "") -> FilePage: ...
    def iter_files(self, prefix: str = "") -> Iterator[FileAnswer]: ...
    def batch(self, file_ids: Iterable[str]) -> BatchAnswer: ...
    def delete(self, file_id: str, *, force: bool = False) -> None: ...
    def start_job(
        self,
        kind: str,
        arguments: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        user_id: int = 0,
    ) -> JobAnswer: ...
    def get_job(self, job_id: str) -> JobDetail: ...
    def list_jobs(
        self, limit: int = 50, cursor: str | None = None, **wanted: Unpack[JobFilter]
    ) -> JobPage: ...
    def iter_jobs(self, **wanted: Unpack[JobFilter]) -> Iterator[JobAnswer]: ...
    def cancel_job(self, job_id: str) -> JobAnswer: ...
    def retry_job(self, job_id: str) -> JobAnswer: ...
    def wait_for_job(self, job_id: str, timeout: float | None = None) -> JobDetail: ...
    def watch_job(self, job_id: str) -> Generator[Watched, None, None]: ...
    def events(
        self,
        types: Iterable[str] | None = None,
        job_id: str | None = None,
        last_event_id: str | None = None,
    ) -> Generator[SeenEvent, None, None]: ...


class Awaited:
    """An AsyncDataBankClient whose every call is awaited, in one event loop."""

    def __init__(self, bank: AsyncDataBankClient) -> None:
        self._bank = bank
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.run(self._bank.aclose())
        self._runner.close()

    def upload(
        self,
        filename: str,
        stream: Stream,
        content_type: str | None = None,
        *,
        on_progress: Progress | None = None,
    ) -> FileAnswer:
        call = self._bank.upload(filename, stream, content_type, on_progress=on_progress)
        return self._runner.run(call)

    def upload_path(
        self,
        path: Path,
        *,
        content_type: str | None = None,
        force: bool = False,
        on_progress: Progress | None = None,
    ) -> FileAnswer:
        call = self._bank.upload_path(
            path, content_type=content_type, force=force, on_progress=on_progress
        )
        return self._runner.run(call)

    def download_to_path(
        self,
        file_id: str,
        path: Path,
        resume: bool = True,
        verify_etag: bool = True,
        *,
        on_progress: Progress | None = None,
    ) -> Path:
        call = self._bank.download_to_path(
            file_id, path, resume, verify_etag, on_progress=on_progress
        )
        return self._runner.run(call)

    def read_range(self, file_id: str, start: int, stop: int) -> bytes:
        return self._runner.run(self._bank.read_range(file_id, start, stop))

    def stream(self, file_id: str, *, on_progress: Progress | None = None) -> Iterator[bytes]:
        return self._pull(self._bank.stream(file_id, on_progress=on_progress))

    def head(self, file_id: str) -> FileHead:
        return self._runner.run(self._bank.head(file_id))

    def info(self, file_id: str) -> FileAnswer:
        return self._runner.run(self._bank.info(file_id))

    def list(self, limit: int = 100, cursor: str | None = None, prefix: str = "") -> FilePage:
        return self._runner.run(self._bank.list(limit, cursor, prefix))

    def iter_files(self, prefix: str = "") -> Generator[FileAnswer, None, None]:
        async def gather() -> tuple[FileAnswer, ...]:
            return tuple([each async for each in self._bank.iter_files(prefix)])

        yield from self._runner.run(gather())

    def batch(self, file_ids: Iterable[str]) -> BatchAnswer:
        return self._runner.run(self._bank.batch(file_ids))

    def delete(self, file_id: str, *, force: bool = False) -> None:
        self._runner.run(self._bank.delete(file_id, force=force))

    def events(
        self,
        types: Iterable[str] | None = None,
        job_id: str | None = None,
        last_event_id: str | None = None,
    ) -> Generator[SeenEvent, None, None]:
        yield from self._follow(self._bank.events(types, job_id, last_event_id))

    def start_job(
        self,
        kind: str,
        arguments: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        user_id: int = 0,
    ) -> JobAnswer:
        call = self._bank.start_job(kind, arguments, key=key, user_id=user_id)
        return self._runner.run(call)

    def get_job(self, job_id: str) -> JobDetail:
        return self._runner.run(self._bank.get_job(job_id))

    def list_jobs(
        self, limit: int = 50, cursor: str | None = None, **wanted: Unpack[JobFilter]
    ) -> JobPage:
        return self._runner.run(self._bank.list_jobs(limit, cursor, **wanted))

    def iter_jobs(self, **wanted: Unpack[JobFilter]) -> Iterator[JobAnswer]:
        yield from self._follow(self._bank.iter_jobs(**wanted))

    def cancel_job(self, job_id: str) -> JobAnswer:
        return self._runner.run(self._bank.cancel_job(job_id))

    def retry_job(self, job_id: str) -> JobAnswer:
        return self._runner.run(self._bank.retry_job(job_id))

    def wait_for_job(self, job_id: str, timeout: float | None = None) -> JobDetail:
        return self._runner.run(self._bank.wait_for_job(job_id, timeout))

    def watch_job(self, job_id: str) -> Generator[Watched, None, None]:
        yield from self._follow(self._bank.watch_job(job_id))

    def _follow(self, items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        async def next_one() -> tuple[T, ...]:
            try:
                return (await anext(items),)
            except StopAsyncIteration:
                return ()

        try:
            while following := self._runner.run(next_one()):
                yield from following
        finally:
            self._runner.run(items.aclose())

    def _pull(self, chunks: AsyncIterator[bytes]) -> Generator[bytes, None, None]:
        async def following() -> bytes:
            return await anext(chunks, b"")

        while chunk := self._runner.run(following()):
            yield chunk
