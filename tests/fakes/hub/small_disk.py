"""Downloads to a real disk of 4 MiB that is too small for them. Prints a line of JSON.

    python -m tests.fakes.hub.small_disk FOLDER

Run within a mount namespace of its own, where it may mount a tmpfs on FOLDER.
"""

import json
import sys
from pathlib import Path

from data_bank_api.hub.expected import Sha256
from data_bank_client.errors import InsufficientStorageClientError
from data_bank_client.wire.digest import Digest
from tests.fakes.hub.downloading import REPOSITORY, Site, content_of, site
from tests.fakes.hub.repository import RepoSpec
from tests.fakes.hub.stand_in import StandInHub
from tests.fakes.small_disk import SIZE, mount

FILES = {
    "too-large.bin": content_of(SIZE + 1),
    "fits-once.bin": content_of(SIZE * 3 // 4),
}


def fetch(here: Site, path: str) -> str:
    content = FILES[path]
    try:
        here.fetch(path, len(content), Sha256(Digest.of(content)))
    except InsufficientStorageClientError:
        return "refused"
    return "stored"


def main(folder: Path) -> dict[str, object]:
    mount(folder)
    with StandInHub() as hub:
        head = hub.add(RepoSpec(REPOSITORY, FILES)).head
        with site(folder, hub.endpoint, head) as here:
            told: dict[str, object] = {}
            for path in FILES:
                told[path] = [fetch(here, path), hub.requests.content_bytes, len(here.files)]
            return {**told, "spools": here.spools}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
