"""Which bank an operator's command works on: by the settings, or a folder of `databank up`.

FOLDER/files    DATA_ROOT
FOLDER/state    STATE_ROOT
"""

import os
from pathlib import Path

from data_bank_api.config import Places
from data_bank_client.errors import InvalidInputError


def variables_of(folder: Path) -> dict[str, str]:
    """The settings that say where a bank in one folder lies."""
    return {"DATA_ROOT": str(folder / "files"), "STATE_ROOT": str(folder / "state")}


def find_places(folder: Path | None) -> Places:
    """The bank in `folder`, or else of the environment; nothing is made.

    Raises InvalidInputError where there is none.
    """
    environment = dict(os.environ) if folder is None else variables_of(folder)
    places = Places.read(environment)
    if not (places.data_root / "tmp").is_dir():
        name = "DATA_ROOT" if folder is None else "--data"
        raise InvalidInputError(f"{name}: {places.data_root} is no bank's: it has no folder tmp")
    if not places.state_root.is_dir():
        name = "STATE_ROOT" if folder is None else "--data"
        raise InvalidInputError(f"{name}: there is no folder {places.state_root}")
    return places
