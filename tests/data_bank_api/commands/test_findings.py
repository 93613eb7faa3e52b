"""What was found is said at once, bounded, and never moves the terminal."""

import msgspec
import pytest

from data_bank_api.commands.findings import MOST, Findings


def test_lines_are_bounded_and_the_rest_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    findings = Findings(json=False)
    for number in range(MOST + 2):
        findings.add({}, f"line {number}")
    findings.end({}, "in all")
    lines = capsys.readouterr().out.splitlines()
    assert lines[MOST - 1 :] == [f"line {MOST - 1}", "... and 2 more", "in all"]


def test_a_json_line_is_bounded_and_the_rest_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    findings = Findings(json=True)
    for number in range(MOST + 2):
        findings.add({"name": str(number)}, "not said")
    findings.end({"bytes": 7}, "not said")
    record = msgspec.json.decode(capsys.readouterr().out, type=dict[str, object])
    found = msgspec.convert(record.pop("found"), list[dict[str, str]])
    assert (len(found), found[-1]) == (MOST, {"name": str(MOST - 1)})
    assert record == {"bytes": 7, "more": 2}


@pytest.mark.parametrize("json", [False, True])
def test_an_odd_name_does_not_move_the_terminal(
    capsys: pytest.CaptureFixture[str], json: bool
) -> None:
    findings = Findings(json=json)
    findings.add({"name": "\x1b[2J\udcff"}, "\x1b[2J\udcff")
    findings.end({}, "done")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "x1b[2J" in out
