from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bank_api.reports.engine import Engine
from tests.data_bank_api.reports.tables import opened


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("engine")
    with opened(folder) as engine:
        yield engine
