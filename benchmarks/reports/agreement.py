"""Whether two who were asked the same tell the same: texts and counts exactly, numbers nearly."""

import math
from collections.abc import Iterator

_NEAR = 1e-9


def differences(where: str, answer: object, report: object) -> Iterator[str]:
    """Where a report is not what the answer says; it may tell more."""
    if isinstance(answer, dict) and isinstance(report, dict):
        for key, value in answer.items():
            yield from differences(f"{where}.{key}", value, report.get(key))
    elif isinstance(answer, list) and isinstance(report, list) and len(answer) == len(report):
        for place, (one, other) in enumerate(zip(answer, report, strict=True)):
            yield from differences(f"{where}[{place}]", one, other)
    elif not _is_same(answer, report):
        yield f"{where}: {answer!r:.200} by hand, {report!r:.200} in the report"


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_NEAR, abs_tol=_NEAR)
    return one == other
