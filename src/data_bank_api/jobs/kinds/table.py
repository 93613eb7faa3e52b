"""The kinds of jobs by name: a new one is a line here and a file beside it."""

from collections.abc import Mapping

import msgspec

from data_bank_api.jobs.kind import Kind
from data_bank_api.jobs.kinds.catalog_refresh import CatalogRefresh
from data_bank_api.jobs.kinds.corpus_ingest import CorpusIngest
from data_bank_api.jobs.kinds.dataset_process import DatasetProcess
from data_bank_api.jobs.kinds.datasets_reconcile import DatasetsReconcile
from data_bank_api.jobs.kinds.hub_download import HubDownload
from data_bank_api.jobs.kinds.hub_scan import HubScan
from data_bank_api.jobs.kinds.hub_sync import HubSync
from data_bank_api.jobs.kinds.ping import Ping
from data_bank_api.jobs.kinds.retention import Retention
from data_bank_api.jobs.kinds.sweep import Sweep
from data_bank_client.errors import InvalidInputError

Kinds = Mapping[str, type[Kind]]

# Those of the mirror, which `/v1/hub/jobs` tells of.
_HUB: tuple[type[Kind], ...] = (HubSync, HubDownload, HubScan, CorpusIngest)
_DATASETS: tuple[type[Kind], ...] = (DatasetProcess, DatasetsReconcile)
_ALL: tuple[type[Kind], ...] = (Ping, Sweep, Retention, *_HUB, CatalogRefresh, *_DATASETS)

KINDS: Kinds = {kind.name: kind for kind in _ALL}
HUB_KINDS = tuple(kind.name for kind in _HUB)


def read_kind(name: str, arguments: Mapping[str, object], kinds: Kinds = KINDS) -> Kind:
    """The job that is asked for. Raises InvalidInputError."""
    if name not in kinds:
        raise InvalidInputError(f"there is no kind {name[:100]!r}: there are {', '.join(kinds)}")
    try:
        return msgspec.convert(arguments, kinds[name])
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"arguments of {name}: {error}") from error


def arguments_of(kind: Kind) -> dict[str, object]:
    """All its arguments, those that were left out too: the same for equal jobs."""
    return msgspec.convert(msgspec.to_builtins(kind), dict[str, object])
