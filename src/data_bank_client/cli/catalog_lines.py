"""How the catalog is told to people: a table of datasets, and why one has its impact."""

from collections.abc import Callable

from data_bank_client.cli.job_lines import fitting
from data_bank_client.wire.catalog import CatalogJobAnswer, DatasetAnswer, ImpactSteps

UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
HEADING = f"{'impact':<6}  {'downloads':>11}  {'likes':>7}  {'size':>10}  id"


def catalog_job_line(job: CatalogJobAnswer) -> str:
    """Id, and how far it is with what."""
    return fitting(f"{job['job_id']}  {job['message']}")


def dataset_line(dataset: DatasetAnswer) -> str:
    """Impact, downloads, likes, size and id, as HEADING says."""
    impact = "-" if dataset["impact"] == "not_available" else dataset["impact"]
    counts = f"{dataset['downloads']:>11,}  {dataset['likes']:>7,}"
    size = size_text(dataset["size_bytes"])
    return fitting(f"{impact:<6}  {counts}  {size:>10}  {dataset['id']}")


def size_text(size: int | None) -> str:
    """`1.5 GiB`; `-` where nobody knows."""
    if size is None:
        return "-"
    power = min(max(0, size.bit_length() - 1) // 10, len(UNITS) - 1)
    return f"{size / 1024**power:.1f} {UNITS[power]}" if power else f"{size} B"


def count_text(count: int) -> str:
    """`12,345`."""
    return f"{count:,}"


def why(dataset: DatasetAnswer) -> str:
    """By which metric the impact was told, and which values of it matter."""
    found, steps = dataset["impact_metrics"], dataset["impact_thresholds"]
    match dataset["impact_method"]:
        case "downloads":
            return _by("downloads", found["downloads"], steps["downloads"], count_text)
        case "likes":
            return _by("likes", found["likes"], steps["likes"], count_text)
        case "size_and_downloads_and_likes_unknown":
            size, downloads = size_text(steps["size_bytes"]["low"]), steps["downloads"]["low"]
            return f"less than {size}, {downloads:,} downloads and {steps['likes']['low']} likes"
        case _:
            return _by("size", found["size_bytes"] or 0, steps["size_bytes"], size_text)


def _by(what: str, value: int, steps: ImpactSteps, text: Callable[[int], str]) -> str:
    low, medium, high = text(steps["low"]), text(steps["medium"]), text(steps["high"])
    told = f"low from {low}, medium from {medium}, high from {high}"
    return f"by its {what}, {text(value)}: {told}"
