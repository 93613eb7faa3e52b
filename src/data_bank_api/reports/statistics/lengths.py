"""How long texts are."""

from dataclasses import dataclass

from data_bank_api.reports.values import PRESENT, Values


@dataclass(frozen=True, slots=True)
class TextLengths:
    """In characters, of the texts that are there."""

    minimum: int
    maximum: int
    mean: float


@dataclass(frozen=True, slots=True)
class Lengths:
    def of(self, values: Values) -> TextLengths | None:
        if values.type not in ("text", "mixed"):
            return None
        shortest, longest, total = values.engine.row(
            "SELECT min(length(text)), max(length(text)), CAST(sum(length(text) * n) AS BIGINT)"
            f" FROM counts WHERE {PRESENT}",
            tuple[int, int, int],
        )
        return TextLengths(shortest, longest, total / values.present)
