"""Where in a file values are missing."""

from data_bank_api.ui.pictures.bands import missing_map, row_ticks
from data_bank_client.wire.reports import DuplicateRows, MissingBands, Report, TableStatistics
from tests.data_bank_client.fake_datasets import column, lacking, report


def lacking_report(columns: int, bands: int, rows: int = 100) -> Report:
    told = [column(at, f"c{at}", missing=lacking(at, at / rows)) for at in range(1, columns + 1)]
    starts = [1 + at * (rows // bands) for at in range(bands)]
    shares = [[0.0 if at % 2 else 0.5 for _ in range(columns)] for at in range(bands)]
    table = TableStatistics(
        duplicates=DuplicateRows(count=0, share=0.0),
        missing_map=MissingBands(starts=starts, shares=shares),
    )
    return report(*told, rows=rows, table=table)


def test_columns_that_lack_most_come_first_and_the_others_are_counted() -> None:
    found = missing_map(lacking_report(45, 4))
    assert found is not None
    assert [each.column["name"] for each in found.lines[:2]] == ["c45", "c44"]
    assert (len(found.lines), found.left_out, found.height) == (40, 5, 25)


def test_bands_that_are_alike_are_one_run_and_full_ones_are_blank() -> None:
    told = lacking_report(1, 4)
    told["table"]["missing_map"]["shares"] = [[1.0], [1.0], [0.0], [0.5]]
    found = missing_map(told)
    assert found is not None
    runs = [(each.x, each.width, each.opacity, each.first_row) for each in found.lines[0].runs]
    assert runs == [(0.0, 50.0, 1.0, 1), (75.0, 25.0, 0.59, 76)]


def test_one_band_is_as_high_as_there_are_rows() -> None:
    found = missing_map(lacking_report(1, 1, 9))
    assert found is not None
    assert found.height == 9


def test_there_is_none_where_nothing_is_missing() -> None:
    assert missing_map(report(column(1, "whole"))) is None


def test_the_rows_below_it_are_the_first_and_the_last() -> None:
    assert [each.label for each in row_ticks(lacking_report(1, 1, 1200))] == ["row 1", "row 1,200"]
