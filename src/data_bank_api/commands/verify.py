"""`databank verify`: hash what is stored again, in rounds that any run may leave and go on with."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec.structs import asdict
from rich.filesize import decimal

from data_bank_api.blobs.disk.pace import StoppedError
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.verify import State, Verdict, Verifier
from data_bank_api.blobs.disk.verify_report import VerifyReport
from data_bank_api.blobs.disk.verify_round import Round, Store
from data_bank_api.commands.findings import Findings
from data_bank_api.commands.places import find_places
from data_bank_api.commands.stopping import leave, pace_of, stop_on_signals
from data_bank_api.commands.walk_bar import ToldPace, WalkBar, part_before, walk_bar
from data_bank_api.config import Places
from data_bank_api.observability.logs import configure_logs
from data_bank_client.errors import InvalidInputError
from data_bank_client.wire.digest import Digest

# The first of these that was found is what the command ends with.
EXITS = {State.DAMAGED: 8, State.QUARANTINED: 8, State.FAILED: 1, State.MISSING: 4}


class Survey:
    """What one run found."""

    def __init__(self, findings: Findings, bar: WalkBar) -> None:
        self._findings = findings
        self._bar = bar
        self._started = time.monotonic()
        self._size = 0
        self.counts: Counter[State] = Counter()

    def add(self, verdict: Verdict) -> None:
        self.counts[verdict.state] += 1
        self._size += verdict.size
        self._bar.pass_by(verdict.digest)
        if verdict.state is not State.SOUND:
            name, state, says = verdict.name, verdict.state.value, explain(verdict)
            line = f"{state:<11}  {name}  {says}"
            self._findings.add({"name": name, "state": state, "says": says}, line)

    def end(self, report: VerifyReport | None) -> None:
        """Say what was found, and where the round is, if there is one."""
        record = {
            **{state.value: self.counts[state] for state in State},
            "bytes": self._size,
            "seconds": round(time.monotonic() - self._started, 3),
            "round": None if report is None else asdict(report),
        }
        read = f"{tell_counts(self.counts)}, {decimal(self._size)} read"
        self._findings.end(record, read + tell_round(report))


def verify(
    file_id: Annotated[list[str] | None, Parameter(negative="")] = None,
    /,
    *,
    is_new: Annotated[bool, Parameter(name="--all", negative="")] = False,
    rate: float = 100,
    seconds: Annotated[float | None, Parameter(name="--for")] = None,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Hash stored files again, and put damaged copies into quarantine.

    Without ids it goes over the whole store, and goes on where the last run ended: a round
    may take many runs. It works beside a running service.

    Parameters
    ----------
    file_id
        Only these files.
    is_new
        Begin with the first file, wherever the last run ended.
    rate
        How much to read, in megabytes a second; 0 is no limit.
    seconds
        End after so many seconds, when the file at hand is done.
    data
        The folder of a bank that `databank up` runs, instead of DATA_ROOT and STATE_ROOT.
    json
        Print one line of JSON.
    """
    places = find_places(data)
    digests = [Digest.parse(each) for each in file_id or []]
    is_over = ends_after(seconds)
    if digests and is_new:
        raise InvalidInputError("--all: it is ids or all")
    configure_logs("critical" if sys.stderr.isatty() else "error")
    findings = Findings(json=json)
    with stop_on_signals() as stop, walk_bar(json=json) as bar:
        survey = Survey(findings, bar)
        pace = ToldPace(pace_of(rate, stop), bar)
        verifier = Verifier(str(places.data_root), System(), pace)
        if digests:
            report = _verify_these(digests, verifier, survey)
        else:
            report = _verify_on(places, verifier, survey, is_over, is_new=is_new)
    survey.end(report)
    leave(exit_code(survey.counts), stop)


def _verify_these(digests: list[Digest], verifier: Verifier, survey: Survey) -> VerifyReport | None:
    """They are no part of a round."""
    with suppress(StoppedError):
        for digest in digests:
            survey.add(verifier.verify(digest))
    return None


def _verify_on(
    places: Places,
    verifier: Verifier,
    survey: Survey,
    is_over: Callable[[], bool],
    *,
    is_new: bool,
) -> VerifyReport:
    store = Store(str(places.data_root), places.state_root, System())
    return Round(store, verifier, survey.add).run(is_over, is_new=is_new)


def ends_after(seconds: float | None) -> Callable[[], bool]:
    if seconds is None:
        return lambda: False
    if not seconds > 0:  # nan is not
        raise InvalidInputError("--for: must be more than 0 seconds")
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def explain(verdict: Verdict) -> str:
    """What is known of a file that is not sound, and what was done about it."""
    if verdict.state is not State.DAMAGED:
        return verdict.says
    done = f"not in quarantine: {verdict.because}" if verdict.because else "put into quarantine"
    return f"{verdict.says}; {done}"


def tell_round(report: VerifyReport | None) -> str:
    """Where the round is; at its end also what its other runs found."""
    if report is None:
        return ""
    if not report.is_complete:
        part = part_before(Digest.parse(report.position)) if report.position else 0
        return f"; {part:.0%} of the store is covered, the next run goes on"
    return f"; the whole store is covered: {tell_counts(report_counts(report))}"


def report_counts(report: VerifyReport) -> Counter[State]:
    bad = {State.DAMAGED: report.damaged, State.FAILED: report.failed}
    sound = report.files - report.damaged - report.failed
    return Counter({State.SOUND: sound, State.QUARANTINED: report.quarantined, **bad})


def tell_counts(counts: Counter[State]) -> str:
    """In the order of the states."""
    told = [f"{counts[state]:,} {state.value}" for state in State if counts[state]]
    return ", ".join(told) or "no files"


def exit_code(counts: Counter[State]) -> int:
    return next((code for state, code in EXITS.items() if counts[state]), 0)
