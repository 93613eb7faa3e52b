"""What is told of each column, by its name in the report."""

from collections.abc import Mapping

from data_bank_api.reports.statistics.average import Average
from data_bank_api.reports.statistics.deviation import Deviation
from data_bank_api.reports.statistics.distinct import Distinct, TopValues
from data_bank_api.reports.statistics.ends import Range
from data_bank_api.reports.statistics.histogram import Histogram
from data_bank_api.reports.statistics.kinds import KindCounts
from data_bank_api.reports.statistics.lengths import Lengths
from data_bank_api.reports.statistics.missing import Missing
from data_bank_api.reports.statistics.outliers import Outliers
from data_bank_api.reports.statistics.quartiles import Quartiles
from data_bank_api.reports.statistics.statistic import ColumnStatistic
from data_bank_api.reports.values import Values

COLUMN_STATISTICS: Mapping[str, ColumnStatistic] = {
    "missing": Missing(),
    "kinds": KindCounts(),
    "distinct": Distinct(),
    "top_values": TopValues(),
    "range": Range(),
    "mean": Average(),
    "standard_deviation": Deviation(),
    "quartiles": Quartiles(),
    "histogram": Histogram(),
    "outliers": Outliers(),
    "lengths": Lengths(),
}


# Right to some twelve digits; all others are exact.
APPROXIMATE = ("standard_deviation",)


def describe(values: Values) -> dict[str, object]:
    """What there is to tell of them."""
    each = ((name, statistic.of(values)) for name, statistic in COLUMN_STATISTICS.items())
    return {name: found for name, found in each if found is not None}
