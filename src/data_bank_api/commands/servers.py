"""The two servers that the application runs on, behind one function each.

Both take the socket that we made, import the application in the process that serves, and
read the settings there from the environment. Only the one that is asked for is imported.
"""

import pkgutil
import socket
from collections.abc import Callable

from data_bank_api.config import Settings

# Imported by the process that serves: what counts its requests asks the environment then.
APP = "data_bank_api.api.main:create_app"

# Beyond its grace period, for a worker to end what it has and close.
STOP_SECONDS = 10

# Serves until stopped, and gives the exit code.
Server = Callable[[Settings, socket.socket], int]

_SERVERS = {
    "uvicorn": "data_bank_api.commands.uvicorn_server:run",
    "hypercorn": "data_bank_api.commands.hypercorn_server:run",
}


def find_server(name: str) -> Server:
    """The one of this name, which SERVER has."""
    run: Server = pkgutil.resolve_name(_SERVERS[name])
    return run
