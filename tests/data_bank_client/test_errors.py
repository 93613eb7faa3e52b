"""The tree of errors, as a whole."""

import re
from collections.abc import Iterator

import pytest

from data_bank_client import errors
from data_bank_client.errors import DataBankClientError


def subclasses(kind: type[DataBankClientError]) -> Iterator[type[DataBankClientError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from subclasses(child)


KINDS = list(subclasses(DataBankClientError))


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z_]+", code) for code in codes)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_its_message_and_keeps_the_request_id(
    kind: type[DataBankClientError],
) -> None:
    error = kind("no room", request_id="r-1")
    assert str(error) == error.message == "no room"
    assert error.request_id == "r-1"


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_ends_a_command_with_a_failure_that_no_signal_or_shell_uses(
    kind: type[DataBankClientError],
) -> None:
    assert 1 <= kind.exit_code < 64


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_stands_in_the_tree_that_the_module_draws(
    kind: type[DataBankClientError],
) -> None:
    assert kind.__name__ in re.findall(r"\w+", errors.__doc__ or "")


def test_a_range_that_cannot_be_satisfied_tells_the_size() -> None:
    assert errors.RangeNotSatisfiableError("past the end", size=5).size == 5


def test_a_method_that_is_not_allowed_tells_those_that_are() -> None:
    assert errors.MethodNotAllowedError("no POST here", allowed=("GET",)).allowed == ("GET",)


def test_damage_that_waiting_does_not_heal_is_not_temporary() -> None:
    assert errors.ServiceUnavailableError.is_temporary
    assert not errors.FileQuarantinedError.is_temporary
