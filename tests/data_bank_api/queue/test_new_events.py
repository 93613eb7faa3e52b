"""Events as they are made."""

import pytest

from data_bank_api.queue.new_events import MESSAGE_LENGTH, Progress, read_progress


def test_a_message_can_be_kept_by_every_database() -> None:
    told = read_progress(10, "half\0", None)
    assert told == Progress(10, "half\N{REPLACEMENT CHARACTER}")


def test_a_long_message_is_cut() -> None:
    assert read_progress(10, "m" * 5000, None) == Progress(10, "m" * MESSAGE_LENGTH)


def test_a_payload_is_told_as_it_was_when_it_was_said() -> None:
    payload: dict[str, object] = {"rows": (1, 2)}
    told = read_progress(10, None, payload)
    payload["rows"] = ()
    assert told.payload == {"rows": [1, 2]}


@pytest.mark.parametrize(
    ("payload", "says"),
    [({"x": object()}, "cannot be told as JSON"), ({"x": "y" * 20_000}, "larger than 16384")],
    ids=["no JSON", "too large"],
)
def test_a_payload_that_cannot_be_told_is_refused(payload: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_progress(10, None, payload)


def test_a_percentage_has_two_digits_behind_its_point() -> None:
    assert read_progress(19.05970501997217, None, None).percent == 19.06
