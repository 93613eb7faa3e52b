"""`databank verify`, as an operator runs it: what it says, how it ends, and that it goes on."""

import signal
from pathlib import Path

import msgspec
import pytest

from data_bank_api.blobs.disk.verify_report import VerifyReport, read_verify_report
from data_bank_client.wire.digest import Digest
from tests.fakes.bank_folder import BankFolder, end, run_anywhere
from tests.fakes.disk import (
    Scenario,
    condemned,
    files_in,
    linked_away,
    look,
    nothing,
    overwritten,
    stored,
)
from tests.fakes.files import describe
from tests.running_bank import READ_KEY, UPLOAD_KEY, running, until

CONTENTS = sorted((b"%d" % number * 100_000 for number in range(10, 16)), key=Digest.of)
DIGESTS = [Digest.of(each) for each in CONTENTS]
SIZE = 200_000
DAMAGED = b"damaged" * 100


@pytest.fixture
def bank(tmp_path: Path) -> BankFolder:
    bank = BankFolder(tmp_path / "bank")
    bank.hold(stored, *CONTENTS)
    return bank


def report_of(bank: BankFolder) -> VerifyReport:
    report = read_verify_report(bank.state)
    assert report is not None
    return report


def test_a_sound_store_is_said_to_be_sound(bank: BankFolder) -> None:
    ended = bank.run("verify")
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.out == "6 sound, 1.2 MB read; the whole store is covered: 6 sound\n"


def test_an_empty_store_is_verified_too(tmp_path: Path) -> None:
    ended = BankFolder(tmp_path / "bank").run("verify")
    assert ended.exit_code == 0
    assert ended.out == "no files, 0 bytes read; the whole store is covered: no files\n"


def test_damage_is_said_logged_and_put_into_quarantine(bank: BankFolder) -> None:
    bank.hold(overwritten, DAMAGED)
    name, found = Digest.of(DAMAGED), Digest.of(b"x" * len(DAMAGED))
    ended = bank.run("verify")
    assert ended.exit_code == 8
    says = f"damaged      {name}  its 700 bytes are those of {found}; put into quarantine"
    assert ended.lines[0] == says
    assert ended.lines[1].startswith("6 sound, 1 damaged, 1.2 MB read; ")
    assert ended.events == ["damaged"]
    assert look(bank.root, name) == "damaged"


def test_what_is_in_quarantine_is_said_again_each_time(bank: BankFolder) -> None:
    bank.hold(condemned, DAMAGED)
    for _ in range(2):
        ended = bank.run("verify")
        assert ended.exit_code == 8
        line, summary = ended.lines
        assert line == f"quarantined  {Digest.of(DAMAGED)}  upload the file again to heal it"
        assert summary.startswith("6 sound, 1 quarantined, 1.2 MB read; ")
        assert summary.endswith("the whole store is covered: 6 sound, 1 quarantined")


def test_json_is_one_line_with_the_run_and_the_round(bank: BankFolder) -> None:
    bank.hold(condemned, DAMAGED)
    record = bank.run("verify", "--json").record
    assert record["round"] == msgspec.to_builtins(report_of(bank))
    [found] = msgspec.convert(record["found"], list[dict[str, str]])
    assert (found["name"], found["state"]) == (Digest.of(DAMAGED).hex, "quarantined")
    counts = [record[each] for each in ("sound", "damaged", "quarantined", "failed", "missing")]
    assert (counts, record["bytes"], record["more"]) == ([6, 0, 1, 0, 0], 6 * SIZE, 0)


def test_ids_alone_are_verified_and_no_part_of_a_round(bank: BankFolder) -> None:
    ended = bank.run("verify", DIGESTS[0].hex, DIGESTS[1].hex.upper())
    assert (ended.exit_code, ended.out) == (0, "2 sound, 400.0 kB read\n")
    assert files_in(bank.state) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (nothing, (4, "missing")),
        (linked_away, (1, "failed")),
        (overwritten, (8, "damaged")),
        (condemned, (8, "quarantined")),
    ],
)
def test_the_exit_code_says_what_was_found(
    bank: BankFolder, before: Scenario, expected: tuple[int, str]
) -> None:
    bank.hold(before, DAMAGED)
    ended = bank.run("verify", DIGESTS[0].hex, Digest.of(DAMAGED).hex)
    assert (ended.exit_code, ended.lines[0].split()[0]) == expected


def test_a_blob_that_cannot_be_condemned_is_said_with_the_reason(bank: BankFolder) -> None:
    bank.hold(overwritten, DAMAGED)
    blob = next(bank.root.rglob(f"{Digest.of(DAMAGED)}.bin"))
    blob.with_suffix(".bad").mkdir()
    ended = bank.run("verify", Digest.of(DAMAGED).hex)
    assert ended.exit_code == 8
    assert "; not in quarantine: Is a directory" in ended.lines[0]
    assert blob.exists()


def test_a_time_ends_a_run_after_a_file_and_the_next_run_goes_on(bank: BankFolder) -> None:
    first = bank.run("verify", "--for", "0.001")
    part = int(DIGESTS[0].hex[:8], 16) / 2**32
    assert first.exit_code == 0
    assert first.out == (
        f"1 sound, 200.0 kB read; {part:.0%} of the store is covered, the next run goes on\n"
    )
    second = bank.run("verify", "--for", "3600")
    assert second.out == "5 sound, 1.0 MB read; the whole store is covered: 6 sound\n"
    assert bank.run("verify").out.startswith("6 sound")


def test_all_begins_with_the_first_file(bank: BankFolder) -> None:
    bank.run("verify", "--for", "0.001")
    assert bank.run("verify", "--all").out.startswith("6 sound")


def is_under_way(bank: BankFolder) -> bool:
    """Whether some of the files were verified, as far as is written."""
    report = read_verify_report(bank.state)
    return report is not None and report.files >= 2


def test_a_killed_run_is_gone_on_with(bank: BankFolder) -> None:
    killed = bank.start("verify", "--rate", "0.4")  # half a second a file
    until(lambda: is_under_way(bank))
    killed.kill()
    end(killed)
    done = report_of(bank)
    assert not done.is_complete
    ended = bank.run("verify", "--rate", "0")
    assert ended.out.startswith(f"{6 - done.files} sound")
    assert (report_of(bank).files, report_of(bank).is_complete) == (6, True)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_the_position_is_kept(
    bank: BankFolder, how: signal.Signals
) -> None:
    slow = bank.start("verify", "--rate", "0.4")
    until(lambda: is_under_way(bank))
    slow.send_signal(how)
    ended = end(slow)
    assert (ended.exit_code, ended.err) == (130, "databank: interrupted\n")
    done = report_of(bank)
    assert ended.out.startswith(f"{done.files} sound")
    assert "the next run goes on" in ended.out
    assert bank.run("verify", "--rate", "0").out.startswith(f"{6 - done.files} sound")


def test_a_signal_in_the_first_file_leaves_the_beginning(bank: BankFolder) -> None:
    slow = bank.start("verify", "--rate", "0.001")
    until(lambda: read_verify_report(bank.state) is not None)
    slow.send_signal(signal.SIGTERM)
    ended = end(slow)
    assert ended.exit_code == 130
    assert ended.out == "no files, 0 bytes read; 0% of the store is covered, the next run goes on\n"


def test_a_signal_ends_a_run_with_ids_too(bank: BankFolder) -> None:
    bank.hold(overwritten, DAMAGED)
    slow = bank.start("verify", "--rate", "0.001", Digest.of(DAMAGED).hex, DIGESTS[0].hex)
    blob = next(bank.root.rglob(f"{Digest.of(DAMAGED)}.bin"))
    until(lambda: not blob.exists())
    slow.send_signal(signal.SIGINT)
    ended = end(slow)
    assert ended.exit_code == 8
    assert ended.lines[-1] == "1 damaged, 700 bytes read"


def test_a_rate_is_kept(bank: BankFolder) -> None:
    record = bank.run("verify", "--rate", "0.6", "--json").record
    assert isinstance(record["seconds"], float)
    assert record["seconds"] >= 0.9  # 1.2 MB, of which a second's worth may come at once


def test_a_second_verifier_is_told_that_there_is_one(bank: BankFolder) -> None:
    first = bank.start("verify", "--rate", "0.001")
    until(lambda: read_verify_report(bank.state) is not None)
    second = bank.run("verify")
    assert second.exit_code == 5
    assert second.err == "databank: the store is being verified already\n"
    assert bank.run("verify", "--rate", "0", DIGESTS[0].hex).exit_code == 0
    first.send_signal(signal.SIGTERM)
    end(first)


def test_a_closed_pipe_ends_it_and_the_position_is_kept(bank: BankFolder) -> None:
    bank.hold(condemned, *CONTENTS)
    process = bank.start("verify")
    assert process.stdout is not None
    process.stdout.close()
    with process:
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141
    assert report_of(bank).position == DIGESTS[0].hex


def test_it_works_beside_a_running_service(tmp_path: Path) -> None:
    with running(tmp_path) as bank:
        ids = [bank.put(content) for content in CONTENTS]
        blob = next(bank.root.rglob(f"{ids[0]}.bin"))
        blob.write_bytes(b"x" * SIZE)
        ended = run_anywhere("verify", DATA_ROOT=str(bank.root))
        assert (ended.exit_code, ended.lines[0].split()[1]) == (8, ids[0])
        assert bank.get(f"/files/{ids[0]}").status_code == 503
        bank.request("PUT", f"/files/{ids[0]}", UPLOAD_KEY, CONTENTS[0])
        assert bank.get(f"/files/{ids[0]}", READ_KEY).content == CONTENTS[0]
        assert run_anywhere("verify", "--all", DATA_ROOT=str(bank.root)).exit_code == 0


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        (("--rate", "-1"), "--rate: must be a number of megabytes, or 0 for no limit"),
        (("--rate", "nan"), "--rate: must be a number of megabytes, or 0 for no limit"),
        (("--rate", "inf"), "--rate: must be a number of megabytes, or 0 for no limit"),
        (("--for", "0"), "--for: must be more than 0 seconds"),
        (("--for", "nan"), "--for: must be more than 0 seconds"),
        ((DIGESTS[0].hex, "--all"), "--all: it is ids or all"),
        (("ab",), "a file's id is its SHA-256 in 64 hexadecimal digits"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(
    bank: BankFolder, tokens: tuple[str, ...], says: str
) -> None:
    ended = bank.run("verify", *tokens)
    assert (ended.exit_code, ended.out, ended.err) == (2, "", f"databank: {says}\n")
    assert files_in(bank.state) == []


def test_on_a_terminal_a_bar_is_shown_and_no_log(bank: BankFolder) -> None:
    bank.hold(overwritten, DAMAGED)
    ended = bank.run_on_terminal("verify")
    last = max(*DIGESTS, Digest.of(DAMAGED))
    assert f"{last.hex[:8]}…" in ended.err
    assert "1.2 MB" in ended.err
    assert '"event"' not in ended.err
    assert ended.lines[0].startswith("damaged")  # what is piped away is not shown instead


def test_on_a_terminal_json_has_no_bar(bank: BankFolder) -> None:
    ended = bank.run_on_terminal("verify", "--json")
    assert (ended.err, ended.record["sound"]) == ("", 6)


def test_a_healed_file_is_sound(bank: BankFolder) -> None:
    bank.hold(condemned, CONTENTS[0])
    assert bank.run("verify", DIGESTS[0].hex).exit_code == 8
    bank.hold(stored, CONTENTS[0])
    assert bank.run("verify", DIGESTS[0].hex).exit_code == 0
    assert look(bank.root, DIGESTS[0]) == (describe(CONTENTS[0]), CONTENTS[0])
