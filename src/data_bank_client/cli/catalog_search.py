"""`databank catalog search`: which datasets the Hub has."""

import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data_bank_client.cli.catalog_lines import HEADING, dataset_line
from data_bank_client.cli.job_lines import fitting
from data_bank_client.cli.session import DEFAULT, Session
from data_bank_client.cli.show import show
from data_bank_client.wire.catalog import (
    DATASETS_DEFAULT,
    DATASETS_LIMIT,
    DatasetPage,
    DatasetSort,
    ImpactLevel,
    SortOrder,
)


def search(
    *words: str,
    sort: DatasetSort | None = None,
    order: SortOrder | None = None,
    impact: Annotated[list[ImpactLevel] | None, Parameter(negative="")] = None,
    tag: Annotated[list[str] | None, Parameter(negative="")] = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1, lte=DATASETS_LIMIT))] = (
        DATASETS_DEFAULT
    ),
    offset: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    session: Session = DEFAULT,
) -> None:
    """Find datasets of the Hub: impact, downloads, likes, size, id; without words all of them.

    Parameters
    ----------
    words
        Each is the beginning of a word of the id, the description, a tag or the author. With a
        slash, or without a letter or digit, they are a part of the id.
    sort
        By this; by downloads, if nothing is said. A dataset of exactly this id comes first.
    order
        The most first, which is usual, or the least.
    impact
        Only those of this impact; may be said several times.
    tag
        Only those that have this tag: `language:en`, say; may be said several times, for all.
    limit
        At most so many, 1 to 1000.
    offset
        Leave out so many first.
    """
    with session.client() as bank:
        page = bank.search_datasets(
            " ".join(words), limit, offset, sort_by=sort, sort_order=order, impact=impact, tag=tag
        )
    if page["items"] and not session.json:
        print(fitting(HEADING))
    for each in page["items"]:
        show(each, dataset_line(each), json=session.json)
    if not session.json:
        print(f"databank: {_summary(page, offset)}", file=sys.stderr)


def _summary(page: DatasetPage, offset: int) -> str:
    if page["warming_up"]:
        return "the catalog is still empty: databank catalog refresh --watch"
    end = offset + len(page["items"])
    further = f"; --offset {end} goes on" if page["items"] and end < page["total"] else ""
    return f"{len(page['items'])} of {page['total']:,}{further}"
