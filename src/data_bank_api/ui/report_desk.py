"""A dataset's report for its pages: read, checked, and decoded as what travels."""

from dataclasses import dataclass

import msgspec

from data_bank_api.api.routes.dataset_report import ReportReader
from data_bank_api.datasets.dataset import Dataset
from data_bank_client.errors import ServiceUnavailableError
from data_bank_client.wire.reports import Report

_decoder = msgspec.json.Decoder(Report)


@dataclass(frozen=True, slots=True)
class ReportDesk:
    reader: ReportReader

    async def read(self, dataset: Dataset) -> Report:
        """Raises NotFoundError where there is none yet, ServiceUnavailableError where it cannot
        be read."""
        content = await self.reader.read(dataset)
        try:
            return await self.reader.pool.run(_decoder.decode, content)
        except msgspec.DecodeError as error:
            raise ServiceUnavailableError("the report is none that this bank can read") from error
