"""Parts of the document in words, as safe HTML: prose, and what a JSON Schema asks for."""

from collections.abc import Mapping

import msgspec
from markupsafe import Markup, escape

from data_bank_api.api.openapi.schemas import ANYTHING

_PARAGRAPH = Markup("<p>{}</p>")
_CODE = Markup("<code>{}</code>")


class Shape(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The JSON Schema that the document uses: what is not told here would be left unsaid."""

    ref: str | None = msgspec.field(default=None, name="$ref")
    any_of: list["Shape"] = []
    all_of: list["Shape"] = []
    type: str = ""
    enum: list[str] = []
    items: "Shape | None" = None
    additional_properties: "Shape | None" = None
    properties: dict[str, "Shape"] = {}
    required: list[str] = []
    pattern: str | None = None
    format: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    default: int | str | None = None
    title: str = ""
    description: str = ""


_ANYTHING = msgspec.convert(ANYTHING, Shape)

# In the order in which they are said.
_LIMITS = {
    "pattern": Markup("like <code>{}</code>"),
    "format": Markup("{}"),
    "minimum": Markup("from {}"),
    "maximum": Markup("up to {}"),
    "min_length": Markup("at least {} long"),
    "max_length": Markup("at most {} long"),
    "max_items": Markup("at most {} items"),
    "default": Markup("else {}"),
}


def prose(text: str) -> Markup:
    """Paragraphs; what stands between backticks is code."""
    paragraphs = [_PARAGRAPH.format(_inline(each)) for each in text.split("\n\n") if each]
    return Markup("").join(paragraphs)


def _inline(text: str) -> Markup:
    """Every second piece between backticks is code."""
    pieces = enumerate(text.split("`"))
    return Markup("").join(_CODE.format(each) if at % 2 else each for at, each in pieces)


def kind(schema: Mapping[str, object]) -> Markup:
    """`integer, from 1, up to 1000, else 100`; types are links to where they are told."""
    return _say(msgspec.convert(schema, Shape))


def _say(shape: Shape) -> Markup:
    if shape.ref is not None:
        return Markup('<a href="#type-{0}">{0}</a>').format(shape.ref.rpartition("/")[2])
    if shape.any_of or shape.all_of:
        said = map(_say, shape.any_of or shape.all_of[:1])  # what comes after the first narrows it
        return Markup(" or ").join(dict.fromkeys(said))
    limits = [
        how.format(value)
        for name, how in _LIMITS.items()
        if (value := getattr(shape, name)) is not None
    ]
    return Markup(", ").join([_type(shape), *limits])


def _type(shape: Shape) -> Markup:
    if shape.enum:
        return Markup(" or ").join(_CODE.format(each) for each in shape.enum)
    if shape.items is not None:
        return Markup("list of ") + _say(shape.items)
    if shape.additional_properties not in (None, _ANYTHING):
        return Markup("object of ") + _say(shape.additional_properties)
    if shape.properties:
        fields = [_CODE.format(name) for name in shape.properties]
        return Markup("form with ") + Markup(", ").join(fields)
    return escape(shape.type or "bytes")
