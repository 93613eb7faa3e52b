"""What is told of the rows, by its name in the report."""

from collections.abc import Mapping

from data_bank_api.reports.engine import Engine
from data_bank_api.reports.statistics.correlations import Correlations
from data_bank_api.reports.statistics.duplicates import Duplicates
from data_bank_api.reports.statistics.missing_map import MissingMap
from data_bank_api.reports.statistics.statistic import TableStatistic, Traits
from data_bank_api.reports.table import Table

TABLE_STATISTICS: Mapping[str, TableStatistic] = {
    "duplicates": Duplicates(),
    "missing_map": MissingMap(),
    "correlations": Correlations(),
}


APPROXIMATE = ("correlations",)


def describe(engine: Engine, table: Table, traits: Traits) -> dict[str, object]:
    """What there is to tell of them."""
    each = (
        (name, statistic.of(engine, table, traits)) for name, statistic in TABLE_STATISTICS.items()
    )
    return {name: found for name, found in each if found is not None}
