from datetime import UTC, datetime

import msgspec
import pytest

from data_bank_api.catalog.document import (
    Document,
    read_document,
    read_documents,
    served_json,
    stored_json,
)
from data_bank_api.catalog.impact import THRESHOLDS

FULL = Document(
    id="org/näme",
    author="org",
    description='with "quotes"\nand lines',
    tags=("task:qa", "en"),
    downloads=5,
    likes=20,
    size_bytes=None,
    last_modified=datetime(2026, 11, 21, 10, tzinfo=UTC),
    gated=True,
    sha="a" * 40,
)


@pytest.mark.parametrize("document", [FULL, Document("x")], ids=["full", "bare"])
def test_a_document_is_read_back_as_it_was(document: Document) -> None:
    stored = stored_json(document)
    assert document == read_document(stored) == read_document(served_json(stored))


def test_a_served_document_tells_its_impact_and_how_it_was_found() -> None:
    served = msgspec.json.decode(served_json(stored_json(FULL)), type=dict[str, object])
    assert (served["impact"], served["impact_method"]) == ("low", "likes")
    assert served["impact_metrics"] == {"size_bytes": None, "downloads": 5, "likes": 20}
    assert served["impact_thresholds"] == THRESHOLDS
    assert served["impact"] == FULL.impact


def test_times_are_served_in_the_one_form() -> None:
    served = msgspec.json.decode(stored_json(FULL), type=dict[str, object])
    assert (served["last_modified"], served["created_at"]) == ("2026-11-21T10:00:00.000000Z", None)


def test_what_is_stored_is_one_line() -> None:
    assert b"\n" not in stored_json(FULL)


def test_several_lines_are_served_as_items_of_a_list_and_read_back() -> None:
    documents = [FULL, Document("a", description="}\n"), Document("b")]
    lines = b"\n".join(map(stored_json, documents))
    assert read_documents(lines) == documents
    served = b"[" + served_json(lines) + b"]"
    expected = [served_json(stored_json(each)) for each in documents]
    assert msgspec.json.decode(served, type=list[msgspec.Raw]) == [*map(msgspec.Raw, expected)]
    assert served_json(b"") == b""
