"""Medians and ratios."""

from benchmarks.contestants import NGINX, RCLONE, UVICORN
from benchmarks.figures import Figures
from benchmarks.works import GET_HOT, GET_SMALL


def test_a_median_is_of_one_work_and_one_contestant() -> None:
    figures = Figures()
    for value in (3.0, 1.0, 2.0):
        figures.add_round(GET_SMALL, {UVICORN: value, NGINX: 100.0})
    figures.add_round(GET_HOT, {UVICORN: 50.0})
    assert figures.median(GET_SMALL, UVICORN) == 2.0


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    figures = Figures()
    # The second round was taken on a machine that was ten times slower.
    for one, other in ((40.0, 10.0), (3.0, 1.0), (20.0, 10.0)):
        figures.add_round(GET_SMALL, {UVICORN: one, NGINX: other})
    assert figures.ratio(GET_SMALL, UVICORN, NGINX) == 3.0


def test_what_was_not_measured_has_no_median_and_no_ratio() -> None:
    figures = Figures()
    figures.add_round(GET_SMALL, {UVICORN: 1.0})
    assert figures.median(GET_SMALL, RCLONE) is None
    assert figures.ratio(GET_SMALL, UVICORN, RCLONE) is None
