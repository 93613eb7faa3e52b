"""A removal looks twice: a snapshot may be made of the file while it is removed."""

import pytest

from data_bank_api.api.needs import require_still_unneeded, require_unneeded
from data_bank_api.db.database import Database
from data_bank_api.hub.sync import sync
from data_bank_client.errors import ConflictError
from data_bank_client.wire.digest import Digest
from tests.fakes.hub_in_memory import NAME, Mirrored, plain

DIGEST = Digest.of(b"a")


def test_who_removed_what_a_new_snapshot_needs_is_told_the_way_out(database: Database) -> None:
    mirrored = Mirrored(database)
    commit = mirrored.hub.commit({"a.txt": plain("a")})
    mirrored.register()
    require_unneeded(database, DIGEST)
    sync(mirrored.mirror, NAME, mirrored.told)
    with pytest.raises(ConflictError, match=r"is removed, but .* store it again") as caught:
        require_still_unneeded(database, DIGEST)
    assert f"model {NAME} at {commit}" in caught.value.message


def test_what_nobody_needs_may_go(database: Database) -> None:
    require_unneeded(database, DIGEST)
    require_still_unneeded(database, DIGEST)
