"""The command `databank`: finds the command that was asked for and gives its exit code.

Commands are imported when they are called. Only what tells of all of them, the help and the
shell completion, imports them all, also the service's where they are installed: a command's
docstring is its help, there and in its own.
"""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, version
from io import TextIOWrapper
from typing import TextIO

from cyclopts import App, CycloptsError

from data_bank_client.cli.failure import (
    BROKEN_PIPE,
    report,
    report_interrupt,
    report_missing,
    report_usage,
)
from data_bank_client.cli.plugins import GROUP, add_plugins, find_plugins
from data_bank_client.cli.quickly import importing_quickly
from data_bank_client.errors import DataBankClientError

COMMANDS = ("put", "get", "info", "ls", "rm", "jobs", "hub", "corpus", "catalog", "datasets")
INSTALL_COMPLETION = "--install-completion"
TELL_ALL = ("--help", "-h", INSTALL_COMPLETION)


def build_app(*, are_loaded: bool = False) -> App:
    """All commands, those of the service too; on demand imported, as far as they are installed."""
    app = App(
        name="databank",
        help="A team's files by their SHA-256. DATA_BANK_URL says where, DATA_BANK_KEY opens.",
        version=lambda: version("data-bank"),
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    for name in COMMANDS:
        own = EntryPoint(name, f"data_bank_client.cli.{name}:{name}", GROUP)
        app.command(own.load() if are_loaded else own.value, name=name)
    add_plugins(app, find_plugins(), are_loaded=are_loaded)
    app.register_install_completion_command(INSTALL_COMPLETION)
    return app


def run(tokens: Sequence[str]) -> int:
    """Run a command line; the exit code."""
    json = "--json" in tokens
    try:
        with importing_quickly():
            app = build_app(are_loaded=not tokens or tokens[0] in TELL_ALL)
            command, bound, _ = app.parse_args(tokens, exit_on_error=False, print_error=False)
        command(*bound.args, **bound.kwargs)
        sys.stdout.flush()
    except CycloptsError as error:
        return report_usage(str(error), json=json)
    except BrokenPipeError:
        # What is still buffered goes nowhere, or Python would complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (DataBankClientError, OSError) as error:
        return report(error, json=json)
    except ImportError as error:
        return report_missing(error, find_service_command(tokens), json=json)
    except KeyboardInterrupt:
        return report_interrupt(json=json)
    return 0


def find_service_command(tokens: Sequence[str]) -> str | None:
    """Which of the service's commands was asked for, if one was."""
    services = {each.name for each in find_plugins()}.difference(COMMANDS)
    return next((each for each in tokens[:1] if each in services), None)


def escape_what_cannot_be_encoded(stream: TextIO) -> None:
    """What the stream's encoding lacks is written as `\\xfc`, and is no error."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """The entry point."""
    escape_what_cannot_be_encoded(sys.stdout)
    escape_what_cannot_be_encoded(sys.stderr)
    sys.exit(run(sys.argv[1:]))
