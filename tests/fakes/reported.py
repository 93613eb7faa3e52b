"""Datasets with reports, in a bank without a worker; and a table of many kinds of columns."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from data_bank_api.datasets.dataset import Dataset, NewDataset
from data_bank_api.datasets.registry import Datasets
from data_bank_api.db.database import Database
from data_bank_api.jobs.datasets import DatasetWork
from data_bank_api.reports.limits import Limits
from data_bank_api.reports.profile import profile
from data_bank_client.wire.digest import Digest
from tests.data_bank_api.api.asked_bank import Asked
from tests.fakes.datasets import write_row
from tests.fakes.files import describe, put

MADE = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CITIES = ("Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø", "Drammen")
NOTES = ("near the sea", "<script>alert(1)</script>", "=SUM(A1)")


def homes(count: int, seed: int = 7) -> bytes:
    """A CSV of homes for sale: numbers that go together, gaps, outliers, repeated rows."""
    random = Random(seed)
    rows = [_home(random, number, count) for number in range(count)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows([*rows, *rows[: count // 100]])
    return text.getvalue().encode()


def _home(random: Random, number: int, count: int) -> Mapping[str, object]:
    area = max(18.0, random.lognormvariate(4.25, 0.42))
    built = int(min(2026, max(1880, random.gauss(1972, 28))))
    price = area * 52_000 * random.lognormvariate(0, 0.2) * (9 if random.random() < 0.004 else 1)
    energy = max(40.0, 310 - (built - 1900) * 1.55 + random.gauss(0, 22))
    is_known = number > count * 0.22 or random.random() < 0.25
    listed = date(2023, 1, 1) + timedelta(days=random.randrange(1040))
    return {
        "listing": 100_000 + number,
        "city": random.choices(CITIES, (30, 18, 14, 12, 8, 6))[0],
        "area_m2": f"{area:.1f}",
        "rooms": max(1, min(9, round(area / 28 + random.gauss(0, 0.8)))),
        "price": f"{price:.0f}",
        "built": built,
        "energy_kwh_m2": f"{energy:.1f}" if is_known else "",
        "monthly_cost": f"{area * random.gauss(43, 6):.0f}" if random.random() > 0.08 else "",
        "floor": random.choice(("", "", *range(-1, 12))),
        "balcony": random.choice(("true", "false", "true")),
        "listed_on": listed.isoformat(),
        "rating": random.choices("12345", (3, 6, 18, 41, 32))[0] if random.random() > 0.61 else "",
        "note": random.choice(NOTES) if random.random() > 0.92 else "",
        "score": f"{math.log(area) + random.gauss(0, 1):.4f}",
        "currency": "NOK",
        "old_code": "",
    }


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    return text.getvalue().encode()


def profiled(content: bytes, scratch: Path) -> bytes:
    """The JSON of its report, really made."""
    scratch.mkdir(parents=True, exist_ok=True)
    path = scratch / "table.csv"
    path.write_bytes(content)
    return profile(path, "csv", scratch, Limits(), lambda _: None).to_json()


def add(asked: Asked, name: str, content: bytes | None = None) -> Dataset:
    """A dataset whose job waits."""
    new = (content or name.encode()), "text/csv"
    put(asked.bank.store, new[0], describe(*new))
    digest = Digest.of(new[0])
    return _work(asked).submit(NewDataset(name, f"{name}.csv", new[1], digest, len(new[0])))[0]


def report(asked: Asked, dataset: Dataset, content: bytes) -> Digest:
    """As if its job had stored this; the file it is."""
    put(asked.bank.store, content, describe(content, "application/json"))
    digest = Digest.of(content)
    told = {"report": digest.hex, "report_size": len(content), "row_count": 2}
    write(asked, dataset, status="done", processed_at=MADE, **told)
    return digest


def write(asked: Asked, dataset: Dataset, **values: object) -> None:
    write_row(_database(asked), dataset.dataset_id, **values)


def _database(asked: Asked) -> Database:
    return asked.bank.require_desk().database


def _work(asked: Asked) -> DatasetWork:
    desk = asked.bank.require_desk()
    return DatasetWork(Datasets(desk.database), desk.jobs, asked.bank.store)
