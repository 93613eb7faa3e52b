"""The floors: imports go down only."""

from pathlib import Path

import pytest

from scripts.guard import find_all

# A house with a file in every place that the imports below name.
PLACES = [
    "data_bank_api/__init__.py",
    "data_bank_api/api/main.py",
    "data_bank_api/api/routes/files.py",
    "data_bank_api/ui/rooms.py",
    "data_bank_api/auth/keyring.py",
    "data_bank_api/blobs/disk/store.py",
    "data_bank_api/blobs/receive.py",
    "data_bank_api/config.py",
    "data_bank_api/wiring.py",
    "data_bank_client/__init__.py",
    "data_bank_client/calls/files.py",
    "data_bank_client/client.py",
    "data_bank_client/errors.py",
    "data_bank_client/transfer.py",
    "data_bank_client/wire/__init__.py",
    "data_bank_client/wire/digest.py",
]


def complaints(folder: Path, name: str, text: str) -> list[str]:
    for place in [*PLACES, name]:
        path = folder / "src" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if place == name else "", encoding="utf-8")
    return [f"{each.path}: {each.rule}: {each.sentence}" for each in find_all(folder)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data_bank_api/api/main.py", "from data_bank_api.api.routes import files"),
        ("data_bank_api/api/main.py", "from data_bank_api.wiring import wire_up"),
        ("data_bank_api/api/main.py", "from data_bank_api.ui.rooms import build_ui"),
        ("data_bank_api/ui/rooms.py", "from data_bank_api.api.routes.files import Files"),
        ("data_bank_api/api/routes/files.py", "from data_bank_api.blobs.receive import receive"),
        ("data_bank_api/api/routes/files.py", "from ..errors import answer"),
        ("data_bank_api/blobs/disk/store.py", "from data_bank_api.blobs import receive"),
        ("data_bank_api/blobs/receive.py", "from data_bank_client.wire.digest import Digest"),
        ("data_bank_api/blobs/receive.py", "from data_bank_client import errors, wire"),
        ("data_bank_api/blobs/receive.py", "from data_bank_api.config import Settings"),
        ("data_bank_api/blobs/receive.py", "from pathlib import Path"),
        ("data_bank_api/client.py", "from data_bank_client import DataBankClient"),
        ("data_bank_api/commands/up.py", "from data_bank_client.client import DataBankClient"),
        ("data_bank_client/__init__.py", "from data_bank_client.client import DataBankClient"),
        ("data_bank_client/client.py", "from data_bank_client.transfer import fetch"),
        ("data_bank_client/client.py", "from .calls import files"),
        ("data_bank_client/cli/main.py", "from data_bank_client import DataBankClient"),
        ("data_bank_client/wire/digest.py", "from data_bank_client import errors"),
    ],
)
def test_a_room_may_import_what_lies_below_it(tmp_path: Path, name: str, text: str) -> None:
    assert complaints(tmp_path, name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("data_bank_api/blobs/a.py", "from data_bank_api.api.main import create_app", "down only"),
        ("data_bank_api/blobs/a.py", "from data_bank_api import wiring", "down only"),
        ("data_bank_api/blobs/a.py", "from ..wiring import wire_up", "down only"),
        ("data_bank_api/blobs/a.py", "from .. import wiring", "down only"),
        ("data_bank_api/blobs/__init__.py", "from ..wiring import wire_up", "down only"),
        ("data_bank_api/blobs/a.py", "def late():\n    from data_bank_api import api", "down only"),
        ("data_bank_api/blobs/a.py", "import_module('data_bank_api.wiring')", "down only"),
        ("data_bank_api/blobs/a.py", "importlib.import_module('data_bank_api.api')", "down only"),
        ("data_bank_api/blobs/a.py", "from data_bank_api.auth import keyring", "do not know each"),
        ("data_bank_api/config.py", "from data_bank_api.observability import logs", "do not know"),
        ("data_bank_api/commands/up.py", "from data_bank_api.api.main import create_app", "do not"),
        ("data_bank_api/api/fields.py", "from data_bank_api.api.main import create_app", "down"),
        ("data_bank_api/api/fields.py", "from data_bank_api.ui.rooms import build_ui", "down"),
        ("data_bank_api/__init__.py", "from data_bank_api.config import Settings", "down only"),
        (
            "data_bank_api/blobs/a.py",
            "from data_bank_client.client import DataBankClient",
            "of the",
        ),
        (
            "data_bank_api/blobs/a.py",
            "from data_bank_client import DataBankClient",
            "of the client",
        ),
        ("data_bank_api/api/main.py", "from data_bank_client.calls import files", "of the client"),
        ("data_bank_client/client.py", "from data_bank_api.config import Settings", "never"),
        ("data_bank_client/cli/main.py", "from data_bank_api import commands", "never imports"),
        ("data_bank_client/errors.py", "from data_bank_client.wire import digest", "down only"),
        ("data_bank_client/wire/a.py", "from data_bank_client.calls.files import x", "down only"),
        ("data_bank_client/calls/files.py", "from data_bank_client import Client", "down only"),
        ("data_bank_client/transfer.py", "from data_bank_client.cli import main", "down only"),
    ],
)
def test_a_room_may_not_import_upwards_or_sideways(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    [found] = complaints(tmp_path, name, text)
    assert found.startswith(f"src/{name}: floor: ")
    assert sentence in found


@pytest.mark.parametrize(
    "name", ["data_bank_api/attic/a.py", "data_bank_client/attic/a.py", "garden/a.py"]
)
def test_a_new_room_is_asked_for_its_floor(tmp_path: Path, name: str) -> None:
    module = name.removesuffix(".py").replace("/", ".")
    assert complaints(tmp_path, name, "") == [
        f"src/{name}: floor: {module}: give it a floor in scripts/floors.py"
    ]


def test_the_tests_know_every_room(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("from data_bank_api.api.main import create_app")
    assert find_all(tmp_path) == []
