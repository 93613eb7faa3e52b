"""`databank repair`, as an operator runs it: what it says and does, and a rehearsal does not."""

import signal
from pathlib import Path

import msgspec
import pytest

from data_bank_client.wire.digest import Digest
from tests.fakes.bank_folder import BankFolder, end, run_anywhere
from tests.fakes.disk import (
    condemned,
    cut_short,
    files_in,
    is_sidecar_valid,
    look,
    names_of,
    open_store,
    overwritten,
    stored,
    with_broken_sidecar,
    with_stray_sidecar,
    without_sidecar,
)
from tests.fakes.files import describe
from tests.fakes.listing import listing
from tests.running_bank import running, until

SOUND, LOST, BROKEN, STRAY, CUT, WRONG = (
    b"sound",
    b"lost",
    b"broken",
    b"stray",
    b"cut short",
    b"wrong bytes",
)


@pytest.fixture
def bank(tmp_path: Path) -> BankFolder:
    """With one of each that can be cured."""
    bank = BankFolder(tmp_path / "bank")
    bank.hold(stored, SOUND)
    bank.hold(without_sidecar, LOST)
    bank.hold(with_broken_sidecar, BROKEN)
    bank.hold(with_stray_sidecar, STRAY)
    (bank.root / "tmp" / "0123").write_bytes(b"unfinished")
    return bank


def sidecar_of(content: bytes) -> str:
    return names_of(Digest.of(content))[1]


def test_what_can_be_cured_is_cured_and_said(bank: BankFolder) -> None:
    ended = bank.run("repair")
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.lines[0] == "tmp/0123  unfinished upload: removed"
    assert sorted(ended.lines[1:4]) == sorted(
        [
            f"{sidecar_of(LOST)}  blob without a sidecar: rebuilt",
            f"{sidecar_of(BROKEN)}  sidecar that is not valid: rebuilt",
            f"{sidecar_of(STRAY)}  sidecar without a blob: removed",
        ]
    )
    assert ended.lines[4:] == ["2 rebuilt, 2 removed"]
    assert all(is_sidecar_valid(bank.root, Digest.of(each)) for each in (SOUND, LOST, BROKEN))
    again = bank.run("repair", "--all")
    assert (again.exit_code, again.out) == (0, "nothing to repair\n")


@pytest.mark.parametrize("tokens", [(), ("--all",), ("--json",)], ids=["plain", "all", "json"])
def test_a_dry_run_says_what_would_be_done_and_changes_nothing(
    bank: BankFolder, tokens: tuple[str, ...]
) -> None:
    bank.hold(cut_short, CUT)
    bank.hold(overwritten, WRONG)
    before = listing(bank.folder)
    rehearsed = bank.run("repair", "--dry-run", *tokens)
    assert listing(bank.folder) == before
    done = bank.run("repair", *tokens)
    assert rehearsed.exit_code == done.exit_code == 8
    told = rehearsed.out.replace("would be ", "").replace('"dry_run":true', '"dry_run":false')
    assert told == done.out
    assert rehearsed.out.count("would be ") >= 5


def test_a_blob_of_a_wrong_size_goes_into_quarantine_and_no_other(bank: BankFolder) -> None:
    bank.hold(cut_short, CUT)
    bank.hold(overwritten, WRONG)
    ended = bank.run("repair")
    assert ended.exit_code == 8
    blob = names_of(Digest.of(CUT))[0]
    assert f"{blob}  damaged blob: put into quarantine" in ended.lines
    assert ended.events == ["damaged"]
    assert look(bank.root, Digest.of(CUT)) == "damaged"
    assert look(bank.root, Digest.of(WRONG)) == (describe(WRONG), b"x" * len(WRONG))


def test_with_all_a_blob_of_wrong_bytes_goes_too(bank: BankFolder) -> None:
    bank.hold(overwritten, WRONG)
    ended = bank.run("repair", "--all", "--rate", "0")
    assert ended.exit_code == 8
    assert look(bank.root, Digest.of(WRONG)) == "damaged"
    assert look(bank.root, Digest.of(SOUND)) == (describe(SOUND), SOUND)


def test_a_copy_in_quarantine_is_said_to_need_an_upload(bank: BankFolder) -> None:
    bank.hold(condemned, WRONG)
    ended = bank.run("repair")
    path = names_of(Digest.of(WRONG))[0].replace(".bin", ".bad")
    says = f"{path}  copy in quarantine: left as it is: upload the file again to heal it"
    assert says in ended.lines
    assert (ended.exit_code, ended.lines[-1]) == (8, "2 rebuilt, 2 removed, 1 left as they are")


def test_what_cannot_be_cured_is_said_with_the_reason(tmp_path: Path) -> None:
    bank = BankFolder(tmp_path / "bank")
    bank.hold(without_sidecar, LOST)
    (bank.root / sidecar_of(LOST)).mkdir()
    ended = bank.run("repair")
    assert ended.exit_code == 1
    assert ended.lines == [
        f"{sidecar_of(LOST)}  sidecar that is not valid: left as it is: Is a directory",
        "1 left as they are",
    ]


def test_the_draft_of_a_living_process_stays(tmp_path: Path) -> None:
    bank = BankFolder(tmp_path / "bank")
    draft = open_store(bank.root).draft(None)
    draft.write(SOUND)
    assert bank.run("repair").out == "nothing to repair\n"
    draft.commit(describe(SOUND))
    assert look(bank.root, Digest.of(SOUND)) == (describe(SOUND), SOUND)


def test_the_draft_of_a_killed_service_is_removed(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        with bank.connect() as connection:
            connection.sendall(
                b"POST /files HTTP/1.1\r\nHost: x\r\nX-API-Key: upload-key-0001\r\n"
                b"Content-Length: 10000000\r\n\r\nhalf"
            )
            until(lambda: len(bank.drafts()) == 1)
            assert run_anywhere("repair", DATA_ROOT=str(bank.root)).out == "nothing to repair\n"
            bank.stop(signal.SIGKILL)
        [draft] = bank.drafts()
        ended = run_anywhere("repair", DATA_ROOT=str(bank.root))
        assert ended.lines == [f"tmp/{draft.name}  unfinished upload: removed", "1 removed"]
        assert bank.drafts() == []


def test_json_is_one_line(bank: BankFolder) -> None:
    bank.hold(condemned, WRONG)
    record = bank.run("repair", "--json").record
    found = msgspec.convert(record.pop("found"), list[dict[str, str]])
    expected = {"dry_run": False, "cured": {"rebuilt": 2, "removed": 2}, "left": 1, "more": 0}
    assert record == expected
    assert found[0] == {"path": "tmp/0123", "defect": "unfinished upload", "outcome": "removed"}
    assert len(found) == 5


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(tmp_path: Path, how: signal.Signals) -> None:
    bank = BankFolder(tmp_path / "bank")
    bank.hold(stored, SOUND)
    (bank.root / "tmp" / "0123").touch()
    slow = bank.start("repair", "--all", "--rate", "0.000001")
    until(lambda: not (bank.root / "tmp" / "0123").exists())
    slow.send_signal(how)
    ended = end(slow)
    assert (ended.exit_code, ended.err) == (130, "databank: interrupted\n")
    assert ended.lines == ["tmp/0123  unfinished upload: removed", "1 removed"]


def test_a_closed_pipe_ends_it(bank: BankFolder) -> None:
    process = bank.start("repair")
    assert process.stdout is not None
    process.stdout.close()
    with process:
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_on_a_terminal_a_bar_is_shown_and_no_log(bank: BankFolder) -> None:
    bank.hold(overwritten, WRONG)
    ended = bank.run_on_terminal("repair", "--all")
    last = max(map(Digest.of, (SOUND, LOST, BROKEN, STRAY, WRONG)))
    assert f"{last.hex[:8]}…" in ended.err
    assert '"event"' not in ended.err
    assert ended.exit_code == 8


def test_a_rate_that_makes_no_sense_is_told(bank: BankFolder) -> None:
    before = files_in(bank.folder)
    ended = bank.run("repair", "--rate", "-1")
    says = "databank: --rate: must be a number of megabytes, or 0 for no limit\n"
    assert (ended.exit_code, ended.out, ended.err) == (2, "", says)
    assert files_in(bank.folder) == before
