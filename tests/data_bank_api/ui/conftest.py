"""A bank of each part's own, and who visits it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.data_bank_api.api.asked_bank import Asked, build
from tests.data_bank_api.api.conftest import REDIS_AWAY
from tests.data_bank_api.ui.visitor import Visitor
from tests.running_bank import KEYS

ALL = "good-for-everything"
WITH_ALL = {name: f"{keys},{ALL}" for name, keys in KEYS.items()}

Visit = Callable[[str | None], Visitor]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """With a database; Redis is away."""
    asked = build(tmp_path_factory.mktemp("pages"), REDIS_AWAY, **WITH_ALL)
    yield asked
    close(asked)


@pytest.fixture
def visit(asked: Asked) -> Iterator[Visit]:
    """Somebody new, signed in with a key, where there is one."""
    visitors: list[Visitor] = []

    def make(key: str | None) -> Visitor:
        visitors.append(Visitor(asked))
        if key is not None:
            assert visitors[-1].sign_in(key).status_code == 303
        return visitors[-1]

    yield make
    for each in visitors:
        each.close()


@pytest.fixture
def person(visit: Visit) -> Visitor:
    """Who may do everything."""
    return visit(ALL)


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Visitor]:
    """Of a bank without Redis, which has no jobs."""
    with closing(Visitor(build(tmp_path, "", **WITH_ALL))) as visitor:
        visitor.sign_in(ALL)
        yield visitor


def close(asked: Asked) -> None:
    if asked.bank.desk is not None:
        asked.bank.desk.database.close()
    if asked.bank.catalog is not None:
        asked.catalog.close()
