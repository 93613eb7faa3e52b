"""A stand-in Hub by itself, with a realistic model in it, until it is interrupted.

    python -m tests.fakes.hub.serve [SIZE_OF_WEIGHTS [SMALL_FILES [BYTES_PER_SECOND [DATASETS]]]]

With a number of DATASETS its listing tells of so many made-up ones.

It says in one line of JSON where it is and what it has; with an interrupt (SIGINT, SIGTERM) it
ends.
"""

import json
import signal
import sys
import tempfile
import threading
from pathlib import Path

from tests.fakes.hub.faults import slow
from tests.fakes.hub.many_datasets import ManyDatasets
from tests.fakes.hub.realistic import realistic_model
from tests.fakes.hub.stand_in import StandInHub


def main(
    size: int = 100_000_000, small: int = 3000, bytes_per_second: int = 0, datasets: int = 0
) -> None:
    is_over = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, frame: is_over.set())
    with tempfile.TemporaryDirectory() as folder, StandInHub() as hub:
        repository = hub.add(realistic_model(Path(folder), size=size, small=small))
        if bytes_per_second:
            hub.faults.add("storage", slow(bytes_per_second))
        if datasets:
            hub.list_many(ManyDatasets(datasets))
        known = {"endpoint": hub.endpoint, "token": hub.token, "repo_id": repository.repo_id}
        sys.stdout.write(json.dumps({**known, "commit": repository.head}) + "\n")
        sys.stdout.flush()
        is_over.wait()


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
