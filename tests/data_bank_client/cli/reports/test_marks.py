"""Small pictures of numbers."""

from data_bank_client.cli.reports.marks import bar, shades, sparkline


def test_a_sparkline_is_as_high_as_its_counts_and_shows_the_smallest() -> None:
    assert sparkline([0, 1, 50, 100], 8) == " ▁▄█"
    assert sparkline([1, 10**9], 8) == "▁█"
    assert sparkline([0, 0], 8) == "  "
    assert sparkline([], 8) == ""


def test_more_counts_than_there_is_room_for_are_put_together_evenly() -> None:
    assert sparkline([5] * 20, 8) == "█" * 8
    assert sparkline([0] * 10 + [8] * 10, 10) == " " * 5 + "█" * 5
    assert sparkline([0, 0, 0, 1], 2) == " █"


def test_a_bar_is_full_at_all_and_there_for_the_least() -> None:
    assert [bar(share, 4) for share in (0.0, 0.0001, 0.5, 0.53, 1.0, 1.2)] == [
        "",
        "▏",
        "██",
        "██▏",
        "████",
        "████",
    ]


def test_shades_are_the_darker_the_more_is_missing() -> None:
    assert shades([0.0, 0.001, 0.25, 0.26, 0.75, 0.76, 1.0]) == "·░░▒▓██"
