"""What the bank has is found by the names that the Hub has for it."""

import pytest

from data_bank_api.db.database import Database
from data_bank_api.hub.sync import sync
from data_bank_client.wire.digest import Digest
from tests.fakes.hub_in_memory import NAME, Content, Mirrored, lfs, plain


@pytest.fixture
def mirrored(database: Database) -> Mirrored:
    return Mirrored(database)


def finds(mirrored: Mirrored, content: Content) -> bool:
    file = content.listed_as("any/name")
    return mirrored.mirror.holdings.find([file]) == {file: Digest.of(content.data)}


def test_a_file_in_lfs_is_found_by_its_sha256(mirrored: Mirrored) -> None:
    mirrored.keep("weights")
    assert finds(mirrored, lfs("weights"))
    assert not finds(mirrored, lfs("others"))


def test_any_other_is_found_once_it_was_verified_even_if_it_is_not_listed_any_more(
    mirrored: Mirrored,
) -> None:
    mirrored.keep("text")
    assert not finds(mirrored, plain("text"))
    mirrored.hub.commit({"a.txt": plain("text")})
    repository_id = mirrored.register().repository_id
    sync(mirrored.mirror, NAME, mirrored.told)
    mirrored.mirror.registry.remove(repository_id)
    assert finds(mirrored, plain("text"))


def test_what_is_gone_damaged_or_of_another_size_is_not_there(mirrored: Mirrored) -> None:
    has, digest = mirrored.mirror.holdings.has, mirrored.keep("text")
    assert has(digest, 4)
    assert not has(digest, 5)
    mirrored.store.open(digest).condemn()
    assert not has(digest, 4)
    mirrored.store.remove(digest)
    assert not has(digest, 4)
