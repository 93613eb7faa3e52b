"""What an operator's command found: a line each as it is found, or one JSON line at the end.

Both are bounded: of the rest it is said how many there are.
"""

from collections.abc import Mapping

import msgspec

from data_bank_client.cli.show import printable

MOST = 1000


class Findings:
    """Says up to MOST findings, or keeps as many for the JSON line."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self._kept: list[dict[str, str]] = []
        self._count = 0

    def add(self, record: dict[str, str], line: str) -> None:
        self._count += 1
        if self._count > MOST:
            return
        if self._json:
            self._kept.append({name: printable(value) for name, value in record.items()})
        else:
            print(printable(line), flush=True)

    def end(self, record: Mapping[str, object], summary: str) -> None:
        """The last line."""
        more = max(0, self._count - MOST)
        if self._json:
            whole = {**record, "found": self._kept, "more": more}
            print(msgspec.json.encode(whole).decode(), flush=True)
            return
        if more:
            print(f"... and {more} more", flush=True)
        print(printable(summary), flush=True)
