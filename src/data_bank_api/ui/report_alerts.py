"""What a person should look at in a report, the worst first: a few at once, the others folded."""

from dataclasses import dataclass

from data_bank_client.wire.reports import SEVERITIES, Report, ReportAlert

_OPEN = 8
_MOST = 200


@dataclass(frozen=True, slots=True)
class Located:
    """`position` is that of its column; None where it is about the table."""

    alert: ReportAlert
    position: int | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """`counts` by severity, as many as there are; `left_out`: so many are not told."""

    open: tuple[Located, ...]
    folded: tuple[Located, ...]
    left_out: int
    counts: tuple[tuple[str, int], ...]


def alerts_of(report: Report, column: str | None = None) -> Alerts:
    """Those of the report, or of one column."""
    found = [each for each in report["alerts"] if column in (None, each["column"])]
    found.sort(key=lambda each: SEVERITIES.index(each["severity"]))
    positions = {each["name"]: each["position"] for each in report["columns"]}
    told = tuple(Located(each, positions.get(each["column"] or "")) for each in found[:_MOST])
    counts = [(one, sum(each["severity"] == one for each in found)) for one in SEVERITIES]
    return Alerts(
        open=told[:_OPEN],
        folded=told[_OPEN:],
        left_out=len(found) - len(told),
        counts=tuple((one, count) for one, count in counts if count),
    )
