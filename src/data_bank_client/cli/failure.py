"""How a command fails: what stderr says and what it exits with.

| exit code | it says |
| --- | --- |
| 0 | done |
| 1 | the local disk or network, or an error without a code of its own |
| 2 | wrong options or values |
| 3 | no key, or one that may not |
| 4 | not found |
| 5 | in conflict with what is there or under way |
| 6 | not now: no connection, or the service is busy; try again later |
| 7 | too large, or no room |
| 8 | the bytes are not those of the digest |
| 9 | the service failed, or is no Data Bank |
| 10 | the job that was watched failed |
| 11 | it failed, and its input is to blame |
| 12 | it was cancelled |
| 130 | interrupted by Ctrl-C |
| 141 | whoever read the output went away |
"""

import sys

from data_bank_client.cli.show import json_line, printable
from data_bank_client.errors import DataBankClientError

LOCAL_FAILURE = 1
USAGE = 2
INTERRUPTED = 130
BROKEN_PIPE = 141


def report(error: DataBankClientError | OSError, *, json: bool) -> int:
    """Say on stderr what went wrong; the exit code."""
    if isinstance(error, DataBankClientError):
        return _say(error.code, error.message, error.request_id, error.exit_code, json=json)
    reason = error.strerror or str(error)
    message = reason if error.filename is None else f"{error.filename}: {reason}"
    return _say("LOCAL_FAILURE", message, None, LOCAL_FAILURE, json=json)


def report_usage(message: str, *, json: bool) -> int:
    """Say what is wrong with the options or values, in a line; the exit code."""
    return _say("USAGE", message.rstrip("."), None, USAGE, json=json)


def report_missing(error: ImportError, service_command: str | None, *, json: bool) -> int:
    """Say which module is missing, and for a command of the service what brings it."""
    missing = error.__cause__ or error  # cyclopts wraps what it could not import
    message = f"the package data-bank is not installed whole: {missing}"
    if service_command is not None:
        needed = "the service extra of the package data-bank"
        message = f"`databank {service_command}` needs {needed}: {missing}"
    return _say("NOT_INSTALLED", message, None, LOCAL_FAILURE, json=json)


def report_interrupt(*, json: bool) -> int:
    return _say("INTERRUPTED", "interrupted", None, INTERRUPTED, json=json)


def _say(code: str, message: str, request_id: str | None, exit_code: int, *, json: bool) -> int:
    if json:
        problem = {"code": code, "message": message, "request_id": request_id}
        print(json_line(problem), file=sys.stderr)
    else:
        known = "" if request_id is None else f" (request {request_id})"
        print(printable(f"databank: {message}{known}"), file=sys.stderr)
    return exit_code
