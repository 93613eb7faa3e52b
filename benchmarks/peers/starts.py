"""Who is started under which name."""

from benchmarks.bench import Start
from benchmarks.contestants import (
    BARE_ASGI,
    HYPERCORN,
    HYPERCORN_UNVERIFIED,
    NGINX,
    RCLONE,
    REGISTRY,
    UVICORN,
    UVICORN_UNVERIFIED,
)
from benchmarks.peers.bare_asgi import bare_asgi
from benchmarks.peers.data_bank import data_bank
from benchmarks.peers.nginx import nginx
from benchmarks.peers.rclone import rclone
from benchmarks.peers.registry import registry


def _bank(name: str, **settings: str) -> Start:
    return lambda folder: data_bank(name, folder, settings)


STARTS: dict[str, Start] = {
    UVICORN: _bank(UVICORN, SERVER="uvicorn"),
    UVICORN_UNVERIFIED: _bank(UVICORN_UNVERIFIED, SERVER="uvicorn", VERIFY_READS="false"),
    HYPERCORN: _bank(HYPERCORN, SERVER="hypercorn"),
    HYPERCORN_UNVERIFIED: _bank(HYPERCORN_UNVERIFIED, SERVER="hypercorn", VERIFY_READS="false"),
    NGINX: nginx,
    RCLONE: rclone,
    REGISTRY: registry,
    BARE_ASGI: bare_asgi,
}


def starts_of(who: tuple[str, ...]) -> dict[str, Start]:
    """Of these, those that are servers."""
    return {name: STARTS[name] for name in who if name in STARTS}
