"""One report, from the start of a process to its end: python -m benchmarks.reports.one KIND PATH
FOLDER, which prints it."""

import sys
from pathlib import Path

from data_bank_api.reports.limits import Limits
from data_bank_api.reports.profile import profile


def main(kind: str, path: str, folder: str) -> None:
    report = profile(Path(path), kind, Path(folder), Limits(), lambda _: None)
    sys.stdout.buffer.write(report.to_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
