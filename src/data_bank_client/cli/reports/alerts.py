"""What a person should look at, the worst first."""

from collections.abc import Mapping, Sequence

from data_bank_client.cli.reports.lines import Lines, joined, left, named, title, widest, wrapped
from data_bank_client.wire.reports import SEVERITIES, ReportAlert, Severity

MOST = 20
_NAME = 24  # cells of a column's name
_STYLES: Mapping[Severity, str] = {"high": "bold red", "medium": "yellow", "low": "cyan"}


def alerts(found: Sequence[ReportAlert], width: int) -> Lines:
    """Nothing for none; of many the worst, and how many others there are."""
    if not found:
        return []
    told = sorted(found, key=lambda alert: SEVERITIES.index(alert["severity"]))[:MOST]
    names = widest((each["column"] or "" for each in told), _NAME)
    lines = [line for each in told for line in _alert(each, names, width)]
    more = [joined(f"  and {len(found) - MOST:,} more")] if len(found) > MOST else []
    return [*title(f"Alerts: {_counts(found)}"), *lines, *more]


def _counts(found: Sequence[ReportAlert]) -> str:
    counts = [(sum(each["severity"] == one for each in found), one) for one in SEVERITIES]
    return ", ".join(f"{count:,} {severity}" for count, severity in counts if count)


def _alert(alert: ReportAlert, names: int, width: int) -> Lines:
    severity = left(alert["severity"], 6)
    name = named(alert["column"] or "", names) + "  " if names else ""
    first, *others = wrapped(alert["message"], width - len("  high    ") - names - 2)
    indent = " " * (len("  high    ") + (names + 2 if names else 0))
    return [
        joined("  ", (severity, _STYLES[alert["severity"]]), "  ", (name, "bold"), first),
        *(joined(indent, line) for line in others),
    ]
