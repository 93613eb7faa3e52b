"""`/ui/datasets/{id}`: one dataset, its job while it runs, another report of it, its removal."""

from dataclasses import dataclass

from starlette.responses import Response

from data_bank_api.api.routes.dataset_answer import tell_dataset
from data_bank_api.api.routes.dataset_desk import DatasetDesk
from data_bank_api.api.routes.dataset_question import read_dataset_id
from data_bank_api.api.routes.datasets import DatasetRoom
from data_bank_api.datasets.dataset import Dataset
from data_bank_api.queue.job import Job, tell
from data_bank_api.ui.dataset_steps import steps
from data_bank_api.ui.places import DELETE, HOME, READ, UPLOAD
from data_bank_api.ui.visit import Visit
from data_bank_api.ui.window import View, Window
from data_bank_client.wire.jobs import ACTIVE_STATES


def stored_dataset_windows(room: DatasetRoom) -> list[Window]:
    pages = DatasetPages(room)
    one = "/ui/datasets/{id}"
    return [
        Window(one, {"GET": View(READ, pages.show)}),
        Window(f"{one}/process", {"POST": View(UPLOAD, pages.process)}),
        Window(
            f"{one}/removal",
            {"GET": View(DELETE, pages.ask_to_remove), "POST": View(DELETE, pages.remove)},
        ),
    ]


@dataclass(frozen=True, slots=True)
class DatasetPages:
    room: DatasetRoom

    async def show(self, visit: Visit) -> Response:
        dataset, job = await self.room.pools.database.run(
            _look, self.room.desk(), read_dataset_id(visit.request)
        )
        is_active = job is not None and job.state in ACTIVE_STATES
        return visit.show(
            "stored_dataset.html",
            dataset=tell_dataset(dataset),
            job=None if job is None else tell(job),
            is_active=is_active,
            steps=list(steps(job.progress)) if job is not None and is_active else [],
        )

    async def process(self, visit: Visit) -> Response:
        desk, dataset_id = self.room.desk(), read_dataset_id(visit.request)
        await self.room.pools.database.run(desk.process, dataset_id, force=True)
        return visit.lead(f"/ui/datasets/{dataset_id}" if visit.session.may(READ) else HOME)

    async def ask_to_remove(self, visit: Visit) -> Response:
        desk, dataset_id = self.room.desk(), read_dataset_id(visit.request)
        dataset = await self.room.pools.database.run(desk.get, dataset_id)
        return visit.show("stored_dataset_removal.html", dataset=tell_dataset(dataset))

    async def remove(self, visit: Visit) -> Response:
        desk, dataset_id = self.room.desk(), read_dataset_id(visit.request)
        await self.room.pools.database.run(desk.remove, dataset_id)
        return visit.lead("/ui/datasets" if visit.session.may(READ) else HOME)


def _look(desk: DatasetDesk, dataset_id: str) -> tuple[Dataset, Job | None]:
    dataset = desk.get(dataset_id)
    return dataset, desk.jobs.find(dataset.latest_job_id or "")
