"""The calls that bring files into the bank from elsewhere: jobs of one kind."""

from typing import TypedDict

from data_bank_client.calls import jobs
from data_bank_client.calls.call import Call
from data_bank_client.wire.hub import RepoType
from data_bank_client.wire.jobs import JobAnswer

KIND = "corpus.ingest"


class IngestedFiles(TypedDict, total=False):
    """Which files of a repository: of its `revision`, those that the patterns choose."""

    revision: str | None
    include: list[str] | None
    exclude: list[str] | None


class IngestedAddress(TypedDict, total=False):
    """What is known of the file at an address: it is stored only with this `sha256`; its
    `content_type` and its `name` are otherwise as the answer and the address have them."""

    sha256: str | None
    content_type: str | None
    name: str | None


def ingest_corpus(
    repo_id: str, repo_type: RepoType, wanted: IngestedFiles, user_id: int
) -> Call[JobAnswer]:
    """Files of a repository of the Hub."""
    named = {"repo_id": repo_id, "repo_type": repo_type}
    return jobs.start(KIND, named | _given(wanted), None, user_id)


def ingest_url(url: str, said: IngestedAddress, user_id: int) -> Call[JobAnswer]:
    """The file at an https address."""
    return jobs.start(KIND, {"url": url} | _given(said), None, user_id)


def _given(options: IngestedFiles | IngestedAddress) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}
