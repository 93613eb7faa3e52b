"""Jobs that count who asks for them, also where none comes of it."""

from dataclasses import dataclass, field

from data_bank_api.observability.room_metrics import RoomMetrics
from data_bank_api.queue.job import Job, NewJob
from data_bank_api.queue.jobs import Beside, Jobs, nothing


@dataclass(frozen=True, slots=True)
class CountedJobs(Jobs):
    metrics: RoomMetrics = field(kw_only=True)

    def enqueue(self, asked: NewJob, beside: Beside = nothing) -> Job:
        self.metrics.asked_for(asked.kind)
        try:
            return Jobs.enqueue(self, asked, beside)
        except Exception:
            self.metrics.not_queued(asked.kind)
            raise
