"""What the page says of a schema, and of prose."""

import msgspec
import pytest

from data_bank_api.api.openapi.words import kind, prose


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "bytes"),
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "string, date-time"),
        (
            {"type": "string", "minLength": 1, "maxLength": 9},
            "string, at least 1 long, at most 9 long",
        ),
        (
            {"type": "integer", "minimum": 0, "maximum": 9, "default": 0},
            "integer, from 0, up to 9, else 0",
        ),
        ({"type": "string", "pattern": "^<a>$"}, "string, like <code>^&lt;a&gt;$</code>"),
        ({"enum": ["a", "<b>"]}, "<code>a</code> or <code>&lt;b&gt;</code>"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"$ref": "#/components/schemas/File"}, '<a href="#type-File">File</a>'),
        (
            {"type": "array", "items": {"$ref": "#/x/File"}, "maxItems": 3},
            'list of <a href="#type-File">File</a>, at most 3 items',
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            "object of string",
        ),
        (
            {"allOf": [{"$ref": "#/x/Problem"}, {"properties": {"code": {"enum": ["A"]}}}]},
            '<a href="#type-Problem">Problem</a>',
        ),
        (
            {"type": "object", "properties": {"file": {"type": "string"}}},
            "form with <code>file</code>",
        ),
    ],
)
def test_a_schema_is_said_in_words(schema: dict[str, object], expected: str) -> None:
    assert kind(schema) == expected


def test_a_schema_of_which_something_would_be_left_unsaid_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError, match="multipleOf"):
        kind({"type": "integer", "multipleOf": 2})


def test_prose_is_paragraphs_with_code_and_no_markup_of_its_own() -> None:
    assert prose("One `<b>` & two.\n\n<script>") == (
        "<p>One <code>&lt;b&gt;</code> &amp; two.</p><p>&lt;script&gt;</p>"
    )
    assert prose("") == ""
