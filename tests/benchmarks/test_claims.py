"""What is to be reached, and when it is."""

import pytest

from benchmarks.claims import CLAIMS, Claim
from benchmarks.contestants import ALMOST_EMPTY, FULL, NGINX, UVICORN
from benchmarks.figures import Figures
from benchmarks.parts.table import PARTS
from benchmarks.works import GET_SMALL, MANY_START, MEMORY, WORKS


@pytest.mark.parametrize(("value", "is_reached"), [(19.9, False), (20.0, True), (500.0, True)])
def test_at_least_is_reached_from_the_bound_on(value: float, is_reached: bool) -> None:
    figures = Figures()
    figures.add_round(GET_SMALL, {UVICORN: value, NGINX: 100.0})
    claim = Claim(GET_SMALL, UVICORN, NGINX, at_least=0.2)
    assert claim.is_reached(figures) is is_reached


@pytest.mark.parametrize(("value", "is_reached"), [(50.0, True), (110.0, True), (111.0, False)])
def test_at_most_is_reached_up_to_the_bound(value: float, is_reached: bool) -> None:
    figures = Figures()
    figures.add_round(MANY_START, {FULL: value, ALMOST_EMPTY: 100.0})
    claim = Claim(MANY_START, FULL, ALMOST_EMPTY, at_most=1.1)
    assert claim.is_reached(figures) is is_reached


def test_without_somebody_beside_the_figure_itself_counts() -> None:
    figures = Figures()
    figures.add(MEMORY, UVICORN, 65.0)
    assert Claim(MEMORY, UVICORN, at_most=64).is_reached(figures) is False


def test_a_claim_without_a_bound_or_a_figure_is_neither_reached_nor_missed() -> None:
    figures = Figures()
    assert Claim(MEMORY, UVICORN, at_most=64).is_reached(figures) is None
    figures.add(MEMORY, UVICORN, 65.0)
    assert Claim(MEMORY, UVICORN).is_reached(figures) is None


def test_every_claim_speaks_of_contestants_of_its_work() -> None:
    for claim in CLAIMS:
        assert claim.work in WORKS
        assert claim.who in claim.work.who
        assert claim.beside in (*claim.work.who, "")


def test_every_work_belongs_to_a_part_and_every_part_has_work() -> None:
    assert list(dict.fromkeys(work.part for work in WORKS)) == list(PARTS)


def test_titles_name_works() -> None:
    assert len({work.title for work in WORKS}) == len(WORKS)
