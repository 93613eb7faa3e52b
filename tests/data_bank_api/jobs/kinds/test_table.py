"""Kinds of jobs by name: what is asked for is read, or refused with a reason."""

import pytest

from data_bank_api.auth.scope import Scope
from data_bank_api.jobs.kinds.ping import Ping
from data_bank_api.jobs.kinds.table import KINDS, arguments_of, read_kind
from data_bank_client.errors import InvalidInputError


def test_a_kind_is_read_by_its_name() -> None:
    assert read_kind("ping", {"seconds": 3}) == Ping(seconds=3.0)


def test_arguments_that_are_left_out_are_told_too() -> None:
    assert arguments_of(read_kind("ping", {"seconds": 3})) == {
        "message": "pong",
        "seconds": 3.0,
        "store": False,
    }


def test_every_kind_says_what_its_key_must_be_good_for() -> None:
    assert {type(kind.scope) for kind in KINDS.values()} == {Scope}
    assert [kind.name for kind in KINDS.values()] == list(KINDS)


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("pong", {}, "there is no kind 'pong': there are ping"),
        ("ping", {"second": 1}, "unknown field `second`"),
        ("ping", {"seconds": -1}, "at `$.seconds`"),
        ("ping", {"seconds": 3601}, "at `$.seconds`"),
        ("ping", {"message": 1}, "at `$.message`"),
        ("ping", {"message": "m" * 1001}, "at `$.message`"),
        ("ping", {"store": "yes"}, "at `$.store`"),
        ("hub.sync", {}, "`repo_id`"),
        ("hub.sync", {"repo_id": "../etc"}, "repo_id: owner/name"),
        ("hub.sync", {"repo_id": "org/name", "repo_type": "space"}, "at `$.repo_type`"),
        ("hub.download", {}, "repo_id or artifact_ids"),
        ("hub.download", {"repo_id": "a/b", "artifact_ids": ["1"]}, "repo_id or artifact_ids"),
        ("hub.download", {"repo_id": "../etc"}, "repo_id: owner/name"),
        ("hub.download", {"artifact_ids": ["1"] * 501}, "at `$.artifact_ids`"),
    ],
)
def test_what_is_no_kind_or_no_argument_is_refused(
    name: str, arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_kind(name, arguments)
    assert says in raised.value.message
