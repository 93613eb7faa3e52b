"""What siblings ask for is read as JSON of one form, and bounded; whatever else it is, is told."""

import json
import pickle
import tracemalloc
import zlib

import pytest

from data_bank_api.jobs.asked import ASKABLE, MOST_BYTES, Ask, job_id_of, read_ask, rq_id_of
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_client.errors import InvalidInputError

RQ_ID = "0be8adae-5fad-457e-8d3f-5be6ad5e1de5"


def ask(content: object) -> Ask:
    return packed(json.dumps(content).encode())


def packed(content: bytes) -> Ask:
    data = zlib.compress(content)
    return Ask(RQ_ID, len(data), data)


def asking(**arguments: object) -> Ask:
    return ask(["corpus.ingest", None, [], arguments])


def test_an_ask_is_a_job_with_all_its_arguments_by_the_id_that_rq_gave() -> None:
    job = read_ask(asking(repo_id="org/name", include=["*.parquet"], user_id=7))
    assert (job.kind, job.user_id) == ("corpus.ingest", 7)
    assert job.key == f"corpus.ingest:{job_id_of(RQ_ID)}"
    assert job.arguments["repo_id"] == "org/name"
    assert job.arguments["include"] == ["*.parquet"]
    assert job.arguments["repo_type"] == "dataset"
    assert "user_id" not in job.arguments


def test_an_id_of_a_job_is_that_of_rq_without_hyphens() -> None:
    assert job_id_of(RQ_ID) == RQ_ID.replace("-", "")
    assert rq_id_of(job_id_of(RQ_ID)) == RQ_ID


@pytest.mark.parametrize(
    "rq_id", ["own-id", RQ_ID.upper(), RQ_ID.replace("-", ""), f"{{{RQ_ID}}}", f"urn:uuid:{RQ_ID}"]
)
def test_an_id_that_is_no_uuid_of_rqs_form_is_refused(rq_id: str) -> None:
    good = asking(repo_id="org/name")
    with pytest.raises(InvalidInputError, match="job_id: leave it to RQ"):
        read_ask(Ask(rq_id, good.size, good.data))


def test_what_may_be_asked_for_is_a_short_list_of_kinds() -> None:
    assert ASKABLE == ("corpus.ingest",)
    assert set(ASKABLE) <= set(KINDS)


@pytest.mark.parametrize("name", ["ping", "retention", "os.system", "builtins.eval", "", "corpus"])
def test_nothing_else_is_asked_for_here(name: str) -> None:
    with pytest.raises(InvalidInputError, match=r"there is only corpus\.ingest"):
        read_ask(ask([name, None, [], {"repo_id": "org/name"}]))


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exit, ("it was unpickled",)


DEEP = b'["corpus.ingest", null, [], {"repo_id": ' + b"[" * 30_000 + b"]" * 30_000 + b"}]"


@pytest.mark.parametrize(
    "hostile",
    [
        packed(pickle.dumps(("corpus.ingest", None, (), {"repo_id": "org/name"}))),
        packed(pickle.dumps(Hostile())),
        Ask(RQ_ID, 4, b"\0\1\2\3"),
        Ask(RQ_ID, 0, b""),
        packed(b""),
        packed(b"{"),
        packed(DEEP),
        packed(b'["corpus.ingest", null, [], {"repo_id": "\xff"}]'),
        packed(b'["corpus.ingest", null, [], {"repo_id": "\\ud800"}]'),
        ask(None),
        ask({}),
        ask(["corpus.ingest", None, []]),
        ask(["corpus.ingest", None, [], [], {}]),
        ask(["corpus.ingest", None, ["org/name"], {}]),
        ask(["corpus.ingest", "self", [], {}]),
        ask([1, None, [], {}]),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_how_to_ask(hostile: Ask) -> None:
    with pytest.raises(InvalidInputError, match=r'serializer="json"\), and give the arguments by'):
        read_ask(hostile)


@pytest.mark.parametrize(
    "large",
    [
        Ask(RQ_ID, MOST_BYTES + 1, b""),
        packed(bytes(MOST_BYTES + 1)),
        packed(b" " * 50_000_000),
    ],
    ids=["deflated", "inflated", "bomb"],
)
def test_more_than_it_may_have_is_refused_and_no_more_is_inflated(large: Ask) -> None:
    tracemalloc.start()
    with pytest.raises(InvalidInputError, match="larger than 65536 bytes"):
        read_ask(large)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "repo_id, with repo_type"),
        ({"repo_id": 5}, "Expected `str"),
        ({"repo_id": "../etc/passwd"}, "repo_id: owner/name"),
        ({"repo_id": "org/name", "include": ["*"] * 101}, "length"),
        ({"repo_id": "org/name", "include": "*"}, "Expected `array`"),
        ({"repo_id": "org/name", "include": ["\0"]}, "none of them hidden"),
        ({"repo_id": "org/name", "revision": "--upload-pack"}, "revision"),
        ({"repo_id": "org/name", "other": 1}, "unknown field"),
        ({"repo_id": "org/name", "user_id": -1}, "user_id"),
        ({"repo_id": "org/name", "user_id": 2**70}, "user_id"),
        ({"repo_id": "org/name", "user_id": "7"}, "user_id"),
        ({"url": "file:///etc/passwd"}, "https://"),
    ],
)
def test_arguments_that_the_kind_does_not_take_are_told(
    arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        read_ask(asking(**arguments))
