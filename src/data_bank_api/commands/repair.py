"""`databank repair`: put right what can be, or say what would be."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from data_bank_api.blobs.disk.defects import CONDEMNED, DAMAGED, Finding, look_inside
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.mend import Ward
from data_bank_api.blobs.disk.pace import StoppedError
from data_bank_api.blobs.disk.remedies import Cures, Rehearsal, Remedies
from data_bank_api.blobs.disk.repair import Repair
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_api.commands.findings import Findings
from data_bank_api.commands.places import find_places
from data_bank_api.commands.stopping import leave, pace_of, stop_on_signals
from data_bank_api.commands.walk_bar import ToldPace, walk_bar
from data_bank_api.observability.logs import configure_logs

DAMAGE_EXIT, FAILED_EXIT = 8, 1


class Ledger:
    """What was found: cured, left as it is, and how much of it is damage."""

    def __init__(self, findings: Findings, *, is_dry: bool) -> None:
        self._findings = findings
        self._is_dry = is_dry
        self._cured: Counter[str] = Counter()
        self._left = 0
        self._damaged = 0

    def add(self, finding: Finding) -> None:
        name, outcome = finding.defect.name, self._outcome(finding)
        self._damaged += finding.defect in (DAMAGED, CONDEMNED)
        if finding.because:
            self._left += 1
        else:
            self._cured[finding.defect.cure] += 1
        record = {"path": finding.path, "defect": name, "outcome": outcome}
        self._findings.add(record, f"{finding.path}  {name}: {outcome}")

    def end(self) -> None:
        cures = dict(sorted(self._cured.items()))
        record = {"dry_run": self._is_dry, "cured": cures, "left": self._left}
        told = [f"{count} {self._would(cure)}" for cure, count in cures.items()]
        told += [f"{self._left} left as they are"] if self._left else []
        self._findings.end(record, ", ".join(told) or "nothing to repair")

    @property
    def exit_code(self) -> int:
        if self._damaged:
            return DAMAGE_EXIT
        return FAILED_EXIT if self._left else 0

    def _outcome(self, finding: Finding) -> str:
        if finding.because:
            return f"left as it is: {finding.because}"
        return self._would(finding.defect.cure)

    def _would(self, cure: str) -> str:
        return f"would be {cure}" if self._is_dry else cure


def repair(
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    is_thorough: Annotated[bool, Parameter(name="--all", negative="")] = False,
    rate: float = 100,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Put right what a crash, a disk or a hand has left, and name what cannot be.

    Sidecars are rebuilt or removed, unfinished uploads of dead processes are removed, and damaged
    blobs go into quarantine. A blob is never removed. It works beside a running service.

    Parameters
    ----------
    dry_run
        Change nothing, and say what would be done.
    is_thorough
        Hash every file again, not only those whose size is not what it should be.
    rate
        How much of them to read, in megabytes a second; 0 is no limit.
    data
        The folder of a bank that `databank up` runs, instead of DATA_ROOT and STATE_ROOT.
    json
        Print one line of JSON.
    """
    places = find_places(data)
    configure_logs("critical" if sys.stderr.isatty() else "error")
    root, system = str(places.data_root), System()
    remedies: Remedies = Cures(root, DiskStore(root, 0, system), system)
    ward = Ward(Layout(root), system, Rehearsal() if dry_run else remedies, look_inside)
    ledger = Ledger(Findings(json=json), is_dry=dry_run)
    with stop_on_signals() as stop, walk_bar(json=json) as bar:
        pace = ToldPace(pace_of(rate, stop), bar)
        try:
            for finding in Repair(ward, pace, bar.pass_by, is_thorough=is_thorough).run():
                ledger.add(finding)
        except StoppedError:
            pass
    ledger.end()
    leave(ledger.exit_code, stop)
