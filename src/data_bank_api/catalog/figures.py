"""What Prometheus reads of the catalog.

databank_catalog_datasets                        in the generation that is served
databank_catalog_last_update_timestamp_seconds   what the Hub changed before is in it
databank_catalog_refreshing                      1 while a refresh is under way
databank_catalog_index_datasets                  in the search index of the process that answers
"""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from data_bank_api.catalog.index.shelf import Shelf
from data_bank_api.catalog.store import CatalogReader


@dataclass(frozen=True, slots=True)
class CatalogFigures:
    """What is not known is left out. Raises ServiceUnavailableError where Redis is away."""

    reader: CatalogReader
    shelf: Shelf

    def collect(self) -> Iterable[Metric]:
        status, indexed = self.reader.status(), self.shelf.count()
        updated = None if status.last_update is None else status.last_update.timestamp()
        found = (
            ("datasets", "The datasets of the catalog.", status.total_items),
            ("last_update_timestamp_seconds", "As of when the catalog is.", updated),
            ("refreshing", "1 while a refresh is under way.", int(status.is_refreshing)),
            ("index_datasets", "The datasets of the search index.", indexed),
        )
        return [
            GaugeMetricFamily(f"databank_catalog_{name}", says, value)
            for name, says, value in found
            if value is not None
        ]
