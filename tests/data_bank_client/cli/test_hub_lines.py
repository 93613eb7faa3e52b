"""What the commands of the mirror say, in words."""

import pytest

from data_bank_client.cli.hub_lines import every_text


@pytest.mark.parametrize(("hours", "text"), [(1, "every hour"), (24, "every 24 hours")])
def test_a_schedule_is_told_as_people_say_it(hours: int, text: str) -> None:
    assert every_text(hours) == text
