"""The one file that knows concrete classes: from settings to the parts that routes work with."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import redis
import structlog

from data_bank_api.auth.keyring import KeyRing
from data_bank_api.auth.scope import Scope
from data_bank_api.auth.session import Sessions
from data_bank_api.auth.signature import Signer
from data_bank_api.auth.signing_key import ensure_signing_key
from data_bank_api.blobs.disk.gauges import StoreGauges
from data_bank_api.blobs.disk.layout import Layout
from data_bank_api.blobs.disk.mend import sweep_drafts
from data_bank_api.blobs.disk.mender import Mender
from data_bank_api.blobs.disk.prepare import prepare, warn_of_file_system
from data_bank_api.blobs.disk.store import DiskStore
from data_bank_api.blobs.disk.system import System
from data_bank_api.blobs.disk.timed import TimedSystem
from data_bank_api.blobs.metered import Metered
from data_bank_api.blobs.reading import BlobFetcher, Unverified, Verified
from data_bank_api.blobs.receive import Receiver
from data_bank_api.blobs.store import BlobStore
from data_bank_api.blobs.traced import Traced
from data_bank_api.broker.connect import connect
from data_bank_api.catalog.counted import CountedReader, CountedShelf
from data_bank_api.catalog.index.building import IndexMaker
from data_bank_api.catalog.index.folders import IndexFolders
from data_bank_api.catalog.index.keeper import IndexKeeper, IndexParts
from data_bank_api.catalog.index.shelf import Shelf
from data_bank_api.catalog.listing_source import HubListing
from data_bank_api.catalog.reader import RedisCatalog
from data_bank_api.catalog.refresher import TOKENLESS, Refresher
from data_bank_api.catalog.store import CatalogReader
from data_bank_api.catalog.updates import UpdateStream
from data_bank_api.config import Settings, SettingsError
from data_bank_api.corpus.address import Web
from data_bank_api.corpus.allowed_hosts import AllowedHosts
from data_bank_api.corpus.web_files import WebFiles, web_client
from data_bank_api.datasets.profiler import Profiler
from data_bank_api.datasets.scratch import sweep_scratch
from data_bank_api.db.database import Database, DatabaseAwayError
from data_bank_api.db.engine import files_of
from data_bank_api.db.refusals import DatabaseRefusedError
from data_bank_api.events.stream import EventStream
from data_bank_api.hub.byte_budget import ByteBudget
from data_bank_api.hub.dataset_pages import DatasetPages
from data_bank_api.hub.download import Downloader
from data_bank_api.hub.endpoint import Endpoint
from data_bank_api.hub.history import History, hurry
from data_bank_api.hub.hub import Hub, HubLimits
from data_bank_api.hub.live import LiveHub
from data_bank_api.hub.mirror import Mirror
from data_bank_api.hub.pace import Pace
from data_bank_api.hub.redirects import RedirectPolicy
from data_bank_api.hub.scan_roots import ScanRoots
from data_bank_api.hub.spool_sweep import sweep_spools
from data_bank_api.jobs.courier import Courier
from data_bank_api.jobs.dispatcher import DispatcherParts
from data_bank_api.jobs.kinds.table import KINDS
from data_bank_api.jobs.schedule import SCHEDULE, WITH_TOKEN
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.webhook_post import HttpsPost
from data_bank_api.network.judged_connections import JudgedConnections
from data_bank_api.network.outgoing_client import outgoing_client
from data_bank_api.observability.exposition import Build, Exposition, Processes
from data_bank_api.observability.figures import Figures, OwnFigures, SharedFigures
from data_bank_api.observability.metrics import Metrics
from data_bank_api.observability.room_metrics import RoomMetrics
from data_bank_api.queue.counted_jobs import CountedJobs
from data_bank_api.queue.deliveries import Deliveries
from data_bank_api.queue.jobs import Jobs
from data_bank_api.queue.webhooks import Webhooks
from data_bank_api.reports.limits import Limits
from data_bank_client.errors import ForbiddenError, InvalidInputError, ServiceUnavailableError

HURRY_SECONDS = 20.0  # that an answer of the Hub may take where somebody waits
HOUR = 3600
SPOOLS_KEPT = 7 * 24 * 3600.0  # seconds: what was begun, and not gone on with since

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

NO_DESK = "jobs need Redis: set REDIS_URL"
NO_CATALOG = "the catalog needs Redis: set REDIS_URL"


@dataclass(frozen=True, slots=True)
class Desk:
    """What jobs and events need besides the store: there is one where REDIS_URL is set."""

    database: Database
    redis_url: str = field(repr=False)
    jobs: Jobs
    webhooks: Webhooks


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the routes of the catalog work with: there is one where REDIS_URL is set."""

    reader: CatalogReader
    shelf: Shelf
    keeper: IndexKeeper
    live: LiveHub
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Bank:
    """The parts, each ready for use."""

    settings: Settings
    store: BlobStore
    fetcher: BlobFetcher
    receiver: Receiver
    keys: KeyRing
    mender: Mender
    metrics: Metrics
    rooms: RoomMetrics
    exposition: Exposition
    gauges: StoreGauges
    scan_roots: ScanRoots
    signer: Signer
    sessions: Sessions
    desk: Desk | None = None
    catalog: Catalog | None = None

    def require_desk(self) -> Desk:
        """Raises ServiceUnavailableError where there is none."""
        if self.desk is None:
            raise ServiceUnavailableError(NO_DESK)
        return self.desk

    def require_catalog(self) -> Catalog:
        """Raises ServiceUnavailableError where there is none."""
        if self.catalog is None:
            raise ServiceUnavailableError(NO_CATALOG)
        return self.catalog

    def start_catalog(self) -> None:
        if self.catalog is not None:
            self.catalog.keeper.start()

    def close_catalog(self) -> None:
        if self.catalog is not None:
            self.catalog.keeper.stop()
            self.catalog.close()


def build_bank(settings: Settings) -> Bank:
    """Open the store. Raises SettingsError where it cannot be used."""
    figures = _open_figures(settings)
    metrics, rooms = Metrics(figures.registry), RoomMetrics(figures.registry, KINDS)
    system = TimedSystem(metrics)
    root = str(settings.data_root)
    prepare(settings.data_root, settings.state_root, system)
    warn_of_file_system(settings.data_root)
    swept = sweep_drafts(root, system)
    if swept:
        log.warning("swept unfinished uploads", count=swept)
    disk = DiskStore(root, settings.min_free_bytes, system)
    store = _traced(Metered(disk, metrics), settings)
    keys = KeyRing(
        {
            Scope.UPLOAD: settings.upload_keys,
            Scope.READ: settings.read_keys,
            Scope.DELETE: settings.delete_keys,
            Scope.METRICS: settings.metrics_keys,
        }
    )
    signing_key = _open_signing_key(settings)
    receiver = Receiver(store, settings.max_file_bytes)
    mender = Mender(root, settings.state_root, disk, system)
    fetcher = Verified(store) if settings.is_verifying else Unverified(store)
    gauges = StoreGauges(root, settings.state_root, system, settings.min_free_bytes)
    exposition = Exposition((Build(), figures, gauges, Processes(figures.workers)))
    return Bank(
        settings=settings,
        store=store,
        fetcher=fetcher,
        receiver=receiver,
        keys=keys,
        mender=mender,
        metrics=metrics,
        rooms=rooms,
        exposition=exposition,
        gauges=gauges,
        scan_roots=scan_roots_of(settings).checked(),
        signer=Signer(signing_key),
        sessions=Sessions(keys, signing_key, settings.session_hours * HOUR),
        desk=build_desk(settings, rooms),
        catalog=build_catalog(settings, rooms),
    )


def build_catalog(settings: Settings, metrics: RoomMetrics) -> Catalog | None:
    """None without REDIS_URL. Nothing is connected yet. Raises SettingsError."""
    if settings.redis_url is None:
        return None
    policy = _policy(settings)
    client = connect(settings.redis_url, retries=1)  # somebody waits
    kept, shelf = RedisCatalog(client), CountedShelf(metrics)
    folders = IndexFolders(settings.state_root / "catalog")
    keeper = IndexKeeper(IndexParts(kept, UpdateStream(client).end, folders, shelf))
    http = outgoing_client(JudgedConnections(policy.may_be_private))
    token, pace = settings.hub_token, Pace(sleep=hurry)
    live = LiveHub(
        policy.endpoint,
        Hub(policy, token, http, HubLimits(answer_seconds=HURRY_SECONDS), pace),
        History(policy, token, http, pace, HURRY_SECONDS),
    )

    def close() -> None:
        http.close()
        client.close()

    return Catalog(CountedReader(kept, metrics), shelf, keeper, live, close)


def _open_signing_key(settings: Settings) -> bytes:
    try:
        return ensure_signing_key(settings.state_root / "signing.key")
    except (OSError, ValueError) as error:
        raise SettingsError(f"STATE_ROOT: {error}") from error


def build_desk(settings: Settings, metrics: RoomMetrics) -> Desk | None:
    """None without REDIS_URL. Neither the database nor Redis need be there yet.

    Raises SettingsError.
    """
    if settings.redis_url is None:
        return None
    database = open_database(settings)
    jobs = CountedJobs(database, metrics=metrics)
    return Desk(database, settings.redis_url, jobs, Webhooks(database))


def open_database(settings: Settings) -> Database:
    """With its tables as they are now; away it may be, and is looked for when it is used.

    Raises SettingsError where it cannot be used at all.
    """
    try:
        return _made_ready(Database(settings.database_url))
    except DatabaseRefusedError as error:
        raise SettingsError(str(error)) from error


def build_shop(settings: Settings) -> Shop:
    """What jobs work with, for one process. Nothing is connected yet. Raises SettingsError."""
    url = redis_of(settings)
    system = System()
    root = str(settings.data_root)
    store = _traced(DiskStore(root, settings.min_free_bytes, system), settings)
    receiver = Receiver(store, settings.max_file_bytes)
    database = Database(settings.database_url)
    policy, allowed = _policy(settings), _allowed(settings)
    client = connect(url)
    profiler = _profiler(settings)

    def sweep() -> None:
        sweep_drafts(root, system)
        sweep_scratch(profiler.root)

    return Shop(
        store=store,
        receiver=receiver,
        database=database,
        redis=client,
        retention_days=settings.job_retention_days,
        mirror=lambda: _open_mirror(settings, policy, store, receiver, database),
        web=lambda: _open_web(settings, allowed, store, receiver),
        refresher=lambda: _open_refresher(settings, policy, client),
        profiler=profiler,
        sweep=sweep,
        scan_roots=scan_roots_of(settings),
    )


def _traced(store: BlobStore, settings: Settings) -> BlobStore:
    return store if settings.traces_endpoint is None else Traced(store)


def _profiler(settings: Settings) -> Profiler:
    limits = Limits(
        memory=settings.report_memory_bytes,
        seconds=settings.report_seconds,
        disk=settings.report_disk_bytes,
    )
    return Profiler(settings.state_root / "reports", limits, settings.min_free_bytes)


def scan_roots_of(settings: Settings) -> ScanRoots:
    """Not looked at yet."""
    own = [settings.data_root, settings.state_root]
    home = settings.data_root.parent
    # `databank up` keeps both in one folder of its own, beside its key.
    if settings.state_root.parent == home and (home / "key").is_file():
        own.append(home)
    return ScanRoots(settings.scan_roots, (*own, *files_of(settings.database_url)))


def _policy(settings: Settings) -> RedirectPolicy:
    try:
        return RedirectPolicy(Endpoint.parse(settings.hub_endpoint), settings.hub_hosts)
    except InvalidInputError as error:
        raise SettingsError(error.message) from error


@contextmanager
def _open_mirror(
    settings: Settings,
    policy: RedirectPolicy,
    store: BlobStore,
    receiver: Receiver,
    database: Database,
) -> Iterator[Mirror]:
    with outgoing_client(JudgedConnections(policy.may_be_private)) as http:
        hub = Hub(policy, settings.hub_token, http)
        fetcher = _downloader(settings, http, store)
        yield Mirror(database, store, receiver, hub, fetcher, settings.hub_files)


def _downloader(settings: Settings, http: httpx2.Client, store: BlobStore) -> Downloader:
    spool = Path(Layout(str(settings.data_root)).spool)
    sweep_spools(spool, SPOOLS_KEPT)
    budget = ByteBudget(settings.hub_byte_budget)
    return Downloader(http, spool, store, budget, min_free=settings.min_free_bytes)


def _allowed(settings: Settings) -> AllowedHosts:
    try:
        return AllowedHosts.parse(settings.corpus_hosts)
    except InvalidInputError as error:
        raise SettingsError(error.message) from error


@contextmanager
def _open_web(
    settings: Settings, allowed: AllowedHosts, store: BlobStore, receiver: Receiver
) -> Iterator[Web]:
    with web_client(JudgedConnections(allowed.may_be_private)) as http:
        fetcher = _downloader(settings, http, store)
        yield Web(WebFiles(allowed, http), fetcher, store, receiver)


@contextmanager
def _open_refresher(
    settings: Settings, policy: RedirectPolicy, client: redis.Redis
) -> Iterator[Refresher]:
    if settings.hub_token is None:
        raise ForbiddenError(TOKENLESS)
    with outgoing_client(JudgedConnections(policy.may_be_private)) as http:
        source = HubListing(DatasetPages(policy, settings.hub_token, http, Pace()))
        index = IndexMaker(IndexFolders(settings.state_root / "catalog"))
        yield Refresher(client, source, index, settings.catalog_full_days)


def build_dispatcher(settings: Settings) -> DispatcherParts:
    """What a dispatcher works with. Nothing is connected yet. Raises SettingsError."""
    connection = connect(redis_of(settings))
    database = Database(settings.database_url)
    post = HttpsPost(ssl.create_default_context(), settings.are_private_webhooks_allowed)
    return DispatcherParts(
        database=database,
        redis=connection,
        publish=EventStream(connection, settings.events_kept).publish,
        courier=Courier(Deliveries(database), post),
        schedule=SCHEDULE if settings.hub_token is None else WITH_TOKEN,
    )


def redis_of(settings: Settings) -> str:
    """Raises SettingsError where there is none."""
    if settings.redis_url is None:
        raise SettingsError("REDIS_URL is not set: jobs need Redis")
    return settings.redis_url


def _made_ready(database: Database) -> Database:
    try:
        database.ensure_ready()
    except DatabaseAwayError as error:
        log.warning("the database is away: jobs wait for it", reason=error.reason)
    except DatabaseRefusedError:
        database.close()
        raise
    return database


def _open_figures(settings: Settings) -> Figures:
    if settings.metrics_folder is None:
        return OwnFigures()
    try:
        return SharedFigures(settings.metrics_folder)
    except OSError as error:
        raise SettingsError(
            f"PROMETHEUS_MULTIPROC_DIR: {settings.metrics_folder}: {error.strerror}"
        ) from error
