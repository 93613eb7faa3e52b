"""The mirror's process, as it is measured: the file is whole in a bank when it says its seconds."""

import hashlib
from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.load.curl import fetch_redirected
from benchmarks.load.mirror import mirror
from benchmarks.peers.stand_in_hub import stand_in_hub
from data_bank_client.wire.digest import Digest
from tests.fakes.disk import files_in, look

SIZE = 3_000_000


def test_what_curl_fetches_the_mirror_fetches_into_a_bank(tmp_path: Path) -> None:
    target, bank = tmp_path / "target", tmp_path / "bank"
    with stand_in_hub(tmp_path / "hub", SIZE) as hub:
        fetch_redirected(hub.url, target, hub.size)
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        with mirror(hub, bank, digest) as process:
            assert process.fetch() > 0
        with mirror(hub, tmp_path / "other", "0" * 64) as process, pytest.raises(BenchmarkError):
            process.fetch()
    found = look(bank, Digest(digest))
    assert not isinstance(found, str)
    assert found[1] == target.read_bytes()
    assert files_in(tmp_path / "other") == []
