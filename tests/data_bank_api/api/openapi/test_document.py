"""`/openapi.json`: valid, of the routes that there are, and of the types that travel."""

from pathlib import Path
from typing import TypedDict

import msgspec
import pytest
from openapi_spec_validator import validate

from data_bank_api.api.main import resources
from data_bank_api.api.openapi.document import build_document
from data_bank_api.api.openapi.schemas import DETAILS, components
from data_bank_api.api.pool import DatabasePool, StoragePool
from data_bank_api.config import Settings
from data_bank_api.wiring import build_bank
from data_bank_client.wire.files import FileAnswer
from data_bank_client.wire.problem import STATUSES
from tests.running_bank import KEYS, RunningBank


class Response(TypedDict, total=False):
    description: str
    content: dict[str, dict[str, dict[str, object]]]
    headers: dict[str, dict[str, object]]


class Told(TypedDict):
    """What the tests look at of an operation."""

    operationId: str
    parameters: list[dict[str, object]]
    responses: dict[str, Response]
    security: list[dict[str, list[str]]]


Paths = dict[str, dict[str, Told]]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    root: Path = tmp_path_factory.mktemp("document")
    settings = Settings.read({**KEYS, "DATA_ROOT": str(root), "MIN_FREE_GB": "0"})
    every = resources(build_bank(settings), StoragePool(), DatabasePool())
    document = build_document(every, "1.2.3")
    validate(msgspec.json.decode(msgspec.json.encode(document), type=dict[str, object]))
    return msgspec.convert(document["paths"], Paths)


def test_the_document_is_valid_public_and_shown_the_way_to(bank: RunningBank) -> None:
    link = bank.request("GET", "/", None).json()["links"]["openapi"]
    answer = bank.request("GET", link, None)
    assert answer.headers["content-type"] == "application/json"
    document = msgspec.json.decode(answer.content, type=dict[str, object])
    validate(document)
    assert str(document["openapi"]).startswith("3.1.")


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_who_has_the_document_is_told_that_it_is_the_same(bank: RunningBank, path: str) -> None:
    etag = bank.get(path).headers["etag"]
    for field, status in ((etag, 304), (f'"x", W/{etag}', 304), ("*", 304), ('"x"', 200)):
        answer = bank.get(path, If_None_Match=field)
        assert (answer.status_code, answer.headers["etag"]) == (status, etag)
        assert (answer.content == b"") == (status == 304)


def test_a_date_is_nothing_that_the_document_is_compared_by(bank: RunningBank) -> None:
    late = "Fri, 31 Dec 9999 23:59:59 GMT"
    answer = bank.get("/openapi.json", If_Modified_Since=late, If_Match='"x"')
    assert answer.status_code == 200


def test_every_name_of_an_operation_is_its_own(paths: Paths) -> None:
    names = [told["operationId"] for item in paths.values() for told in item.values()]
    assert sorted(names) == sorted(set(names))


def test_what_a_key_must_be_for_is_told(paths: Paths) -> None:
    assert paths["/healthz"]["get"]["security"] == []
    assert paths["/files/{id}"]["delete"]["security"] == [
        {"key": ["delete"]},
        {"bearer": ["delete"]},
    ]
    batch = paths["/files/batch"]["post"]["security"]
    assert batch == [
        {"key": ["read"]},
        {"bearer": ["read"]},
        {"key": ["upload"]},
        {"bearer": ["upload"]},
    ]


def test_a_head_has_no_ranges_and_no_bodies(paths: Paths) -> None:
    item = paths["/files/{id}"]
    get, head = (set(item[method]["responses"]) for method in ("get", "head"))
    assert get - head == {"206", "416"}
    fields = {str(each["name"]) for each in item["head"]["parameters"]}
    assert fields.isdisjoint({"Range", "If-Range"})
    assert not [each for each in item["head"]["responses"].values() if "content" in each]


def test_each_error_is_told_under_its_status_with_its_code(paths: Paths) -> None:
    expected = {kind.code: str(status) for kind, status in STATUSES.items()}
    seen = set()
    for item in paths.values():
        for told in item.values():
            for status, response in told["responses"].items():
                codes = [code for code in expected if f"`{code}`" in response["description"]]
                assert {expected[code] for code in codes} <= {status}
                seen.update(codes)
    assert {"RANGE_NOT_SATISFIABLE", "DIGEST_MISMATCH", "JOB_NOT_FOUND"} <= seen


def test_an_error_is_told_where_it_can_come(paths: Paths) -> None:
    one = "/api/datasets/{dataset_id}"
    told = {path: each["responses"] for path, item in paths.items() for each in item.values()}
    of_the_hub = {path for path, responses in told.items() if "502" in responses}
    assert of_the_hub == {f"{one}/commits", f"{one}/files"}


def test_only_who_needs_a_key_can_be_refused_for_it(paths: Paths) -> None:
    for item in paths.values():
        for told in item.values():
            assert ({"401", "403"} <= set(told["responses"])) == bool(told["security"])


def test_where_an_error_has_the_status_of_an_answer_either_may_come(paths: Paths) -> None:
    [content] = paths["/readyz"]["get"]["responses"]["503"]["content"].values()
    assert {"$ref": "#/components/schemas/Preparedness"} in msgspec.convert(
        content["schema"]["anyOf"], list[dict[str, object]]
    )


def test_the_types_are_those_of_the_wire_with_their_details() -> None:
    found = components([FileAnswer])["FileAnswer"]
    assert set(found["properties"]) == set(FileAnswer.__annotations__)
    assert found["properties"]["size"] == {
        "type": "integer",
        "minimum": 0,
        "description": "In bytes.",
    }


def test_a_detail_of_a_field_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DETAILS, FileAnswer, {"sise": {"minimum": 0}})
    with pytest.raises(KeyError, match="sise"):
        components([FileAnswer])


class Wordless(TypedDict):
    size: int


def test_a_type_without_words_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError, match="description"):
        components([Wordless])
