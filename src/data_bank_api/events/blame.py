"""Why a job failed, as it is told to those who wait for it.

| what it raised | kind | message |
| --- | --- | --- |
| an error of the bank about what it was given | user | the error's |
| another error of the bank | system | the error's |
| KeyboardInterrupt, SystemExit | system | "stopped" |
| anything else | system | "internal error" and the name of its class: its text may hold secrets |
"""

from data_bank_api.queue.new_events import MESSAGE_LENGTH
from data_bank_client.errors import DataBankClientError
from data_bank_client.wire.jobs import ErrorKind
from data_bank_client.wire.problem import status_of


def blame(error: BaseException) -> tuple[ErrorKind, str]:
    """Whose fault it was, and the message."""
    match error:
        case DataBankClientError():
            return _kind(error), error.message[:MESSAGE_LENGTH]
        case KeyboardInterrupt() | SystemExit():
            return "system", "stopped"
        case _:
            return "system", f"internal error: {type(error).__name__}"


def _kind(error: DataBankClientError) -> ErrorKind:
    """The user's where it is about what was given, and trying again would not help."""
    return "user" if status_of(error) < 500 and not error.is_temporary else "system"
