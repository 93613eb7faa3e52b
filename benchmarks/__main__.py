"""`make bench`: Data Bank beside what a user would pick instead.

    python -m benchmarks [PART ...] [--quick] [--rounds N] [--files N] ...

A run of everything writes its part of docs/benchmarks.md; one of some parts, or a quick one, only
prints, unless --output names a file. Ctrl-C ends what was started and removes what was made.
"""

import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from cyclopts import App

from benchmarks import tools
from benchmarks.bench import Bench, tell
from benchmarks.errors import BenchmarkError
from benchmarks.machine import describe_machine
from benchmarks.options import QUICK, Options
from benchmarks.page import put_part, render, unreached
from benchmarks.parts.table import PARTS

HOME = Path(__file__).parents[1]
PAGE = HOME / "docs/benchmarks.md"
INTERRUPTED = 130
STOPS = (signal.SIGINT, signal.SIGTERM)

_SMOKE = "**These are not the amounts that the targets are meant for.**"

app = App(
    name="make bench",
    help="Data Bank beside nginx, docker-registry and rclone.",
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)


@app.default
def bench(
    *parts: str,
    quick: bool = False,
    rounds: int | None = None,
    seconds: int | None = None,
    files: int | None = None,
    large_mib: int | None = None,
    folder: Path | None = None,
    output: Path | None = None,
    install: bool = True,
) -> int:
    """Measure, print, and write the page.

    Parameters
    ----------
    parts
        What to measure; everything if none is named.
    quick
        A smoke of a minute: one round, small sizes.
    rounds
        How often each is measured.
    seconds
        How long a measurement of small requests takes.
    files
        How many files the full store has.
    large_mib
        The size of a large file, in MiB.
    folder
        Where files are stored meanwhile, on the disk that is to be measured.
    output
        Where the page is written to.
    install
        Whether missing programs are installed where that may be done.
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.stderr.write(f"bench: no part {', '.join(unknown)}; there are {', '.join(PARTS)}\n")
        return 2
    options = replace(
        QUICK if quick else Options(),
        **{
            name: value
            for name, value in {"rounds": rounds, "seconds": seconds, "files": files}.items()
            if value is not None
        },
    )
    if large_mib is not None:
        options = replace(options, large_bytes=large_mib * 1024**2)
    if install:
        _install()
    is_whole = not parts and not quick
    return _run(list(parts or PARTS), options, folder, output or (PAGE if is_whole else None))


def _install() -> None:
    missing = tools.missing()
    if missing:
        tell(f"missing: {', '.join(missing)}; installing where that may be done")
        tools.install(missing)
        left = tools.missing()
        tell(f"still missing: {', '.join(left)}" if left else "installed")


def _run(parts: list[str], options: Options, folder: Path | None, output: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as temporary:
        run = Bench(options, Path(temporary))
        machine = describe_machine(run.folder)
        for part in parts:
            _measure(part, run)
        for note in run.notes:
            sys.stdout.write(f"- {note}\n")
        for claim in unreached(run.figures):
            sys.stdout.write(f"not reached: {claim.work.title}, {claim.who} {claim.beside}\n")
    if output is not None:
        told = render(run.figures, machine, _amounts(options), list(run.notes))
        output.write_text(put_part(output.read_text() if output.exists() else "", told))
        tell(f"written: {output.name}")
    return 1 if run.has_failed else 0


def _measure(part: str, run: Bench) -> None:
    """What fails leaves its rows out, and the others are measured."""
    try:
        PARTS[part](run)
    except BenchmarkError as error:
        run.fail(part, error)


def _amounts(options: Options) -> str:
    text = (
        f"Rounds: {options.rounds}; {options.seconds} s for each measurement of small requests, "
        f"large files of {options.large_bytes // 1024**2:,} MiB,\n"
        f"{options.small_files:,} small files to fetch, "
        f"{options.files:,} files in the full store."
    )
    return text if options == Options() else f"{text}\n{_SMOKE}"


def _stop(_number: int, _frame: object) -> None:
    """Once: what ends the servers and removes the files is not to be stopped itself."""
    for asked in STOPS:
        signal.signal(asked, signal.SIG_IGN)
    tell("stopping: ending servers, removing files; with a full store this takes a minute or two")
    raise KeyboardInterrupt


def main() -> int:
    for asked in STOPS:
        signal.signal(asked, _stop)
    try:
        return int(app() or 0)
    except KeyboardInterrupt:
        sys.stderr.write("bench: interrupted; servers are ended, folders removed\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
