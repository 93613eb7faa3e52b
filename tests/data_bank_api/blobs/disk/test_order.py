"""The order of the calls is the promise: recorded, it is that of a durable write."""

from pathlib import Path

import pytest

from data_bank_client.wire.digest import Digest
from tests.fakes.disk import bring, cut_short, names_of, open_store, stored
from tests.fakes.files import cousins, describe, neighbours, put
from tests.fakes.systems import RecordingSystem

CONTENT, NEIGHBOUR = neighbours()
DIGEST = Digest.of(CONTENT)
BLOB, SIDECAR = names_of(DIGEST)
SHARD = f"{DIGEST.hex[:2]}/{DIGEST.hex[2:4]}"
PARENT = DIGEST.hex[:2]


def upload(root: Path, system: RecordingSystem) -> list[str]:
    """The calls that were made by the time of the answer."""
    put(open_store(root, system), CONTENT)
    return [call for call in system.told(str(root)) if not call.startswith("create")]


def test_an_upload_is_durable_step_by_step(tmp_path: Path) -> None:
    assert upload(tmp_path, RecordingSystem()) == [
        f"lock {BLOB}",
        f"allocate {BLOB}",
        f"write {BLOB}",
        f"fsync {BLOB}",
        f"mkdir {PARENT}",
        f"mkdir {SHARD}",
        f"lock {SHARD}",
        f"lock {SIDECAR}",
        f"write {SIDECAR}",
        f"fsync {SIDECAR}",
        f"rename {SIDECAR}",
        f"rename {BLOB}",
        f"fsync {SHARD}",
        f"fsync {PARENT}",
        "fsync .",
    ]


def test_an_upload_of_what_is_there_is_durable_too(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)  # by another process, which may have died before it synced
    assert upload(tmp_path, RecordingSystem()) == [
        f"lock {BLOB}",
        f"allocate {BLOB}",
        f"write {BLOB}",
        f"fsync {BLOB}",
        f"mkdir {PARENT}",
        f"mkdir {SHARD}",
        f"lock {SHARD}",
        f"rename {BLOB}",
        f"fsync {SHARD}",
        f"fsync {PARENT}",
        "fsync .",
    ]


def test_a_file_on_the_disk_is_adopted_by_the_same_steps_and_not_written(tmp_path: Path) -> None:
    system = RecordingSystem()
    draft = open_store(tmp_path, system).adopt(str(bring(tmp_path, CONTENT)))
    draft.write(CONTENT)
    draft.commit(describe(CONTENT))
    assert [call for call in system.told(str(tmp_path)) if not call.startswith("create")] == [
        f"fsync {BLOB}",
        f"mkdir {PARENT}",
        f"mkdir {SHARD}",
        f"lock {SHARD}",
        f"lock {SIDECAR}",
        f"write {SIDECAR}",
        f"fsync {SIDECAR}",
        f"rename {SIDECAR}",
        f"rename {BLOB}",
        f"fsync {SHARD}",
        f"fsync {PARENT}",
        "fsync .",
    ]


def test_a_damaged_blob_is_replaced_by_the_same_steps(tmp_path: Path) -> None:
    cut_short(tmp_path, CONTENT)
    calls = upload(tmp_path, RecordingSystem())
    assert calls[-4:] == [f"rename {BLOB}", f"fsync {SHARD}", f"fsync {PARENT}", "fsync ."]


@pytest.mark.parametrize("content", [CONTENT, NEIGHBOUR])
def test_the_folders_of_a_shard_are_synced_once_by_a_process(
    tmp_path: Path, content: bytes
) -> None:
    system = RecordingSystem()
    store = open_store(tmp_path, system)
    put(store, CONTENT)
    system.calls.clear()
    put(store, content)
    calls = system.told(str(tmp_path))
    assert calls[-1] == f"fsync {SHARD}"
    assert not {f"mkdir {SHARD}", f"fsync {PARENT}", "fsync ."} & set(calls)


def test_each_shard_has_the_folders_above_it_synced_also_where_they_are_shared(
    tmp_path: Path,
) -> None:
    system = RecordingSystem()
    store = open_store(tmp_path, system)
    for content in cousins():
        system.calls.clear()
        put(store, content)
        assert system.told(str(tmp_path))[-2:] == ["fsync 5e", "fsync ."]


def test_room_that_was_not_needed_is_given_back_before_the_bytes_are_synced(
    tmp_path: Path,
) -> None:
    system = RecordingSystem()
    draft = open_store(tmp_path, system).draft(1000)
    draft.write(CONTENT)
    draft.commit(describe(CONTENT))
    calls = system.told(str(tmp_path))
    assert calls.index(f"truncate {BLOB}") == calls.index(f"fsync {BLOB}") - 1


def test_a_removal_takes_the_blob_first_and_is_durable(tmp_path: Path) -> None:
    system = RecordingSystem()
    store = open_store(tmp_path, system)
    put(store, CONTENT)
    system.calls.clear()
    store.remove(DIGEST)
    assert system.told(str(tmp_path)) == [
        f"lock {SHARD}",
        f"unlink {BLOB}",
        f"unlink {SIDECAR}",
        f"fsync {SHARD}",
    ]


def test_removing_what_another_process_removed_is_durable_too(tmp_path: Path) -> None:
    stored(tmp_path, CONTENT)
    open_store(tmp_path).remove(DIGEST)
    system = RecordingSystem()
    assert not open_store(tmp_path, system).remove(DIGEST)
    assert system.told(str(tmp_path))[-1] == f"fsync {SHARD}"


def test_a_discarded_draft_is_unlinked_while_its_lock_is_held(tmp_path: Path) -> None:
    system = RecordingSystem()
    draft = open_store(tmp_path, system).draft(None)
    draft.discard()
    assert [call.name for call in system.calls] == ["create", "lock", "unlink"]
