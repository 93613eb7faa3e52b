"""What goes wrong on the way, short of an error: tried again, or begun anew."""

from data_bank_client.errors import DataBankClientError


class SetbackError(Exception):
    """This try failed. `told` is the error if no other one succeeds; `pause` was asked for."""

    def __init__(self, told: DataBankClientError, pause: float = 0.0) -> None:
        super().__init__(told.message)
        self.told = told
        self.pause = pause


class ExpiredError(SetbackError):
    """The address is not good any more: ask for another."""


class BeginAnewError(Exception):
    """What has come cannot be gone on with. It says why."""


class ChangedError(BeginAnewError):
    """The file is another one now than when it was begun."""


class NoRangesError(BeginAnewError):
    """A range was answered by the whole: it comes whole or not at all."""
