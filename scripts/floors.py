"""The floors of the house: who may import whom. A new room gets its line in the table here.

Imports go down only; two rooms on one floor do not know each other. What belongs to
a room is everything below its name, unless a longer name has a line of its own.
The client never imports the service. The service imports of the client its `wire`
and `errors`; only `data_bank_api.client`, the re-export, and the commands see all of it.
"""

from dataclasses import dataclass

FLOORS = {
    "data_bank_api.commands": 11,
    "data_bank_api.api.main": 11,
    "data_bank_api.client": 11,
    "data_bank_api.ui": 10,
    "data_bank_api.api": 9,
    "data_bank_api.wiring": 8,
    "data_bank_api.jobs": 7,
    "data_bank_api.corpus": 6,
    "data_bank_api.hub": 5,
    "data_bank_api.catalog": 5,
    "data_bank_api.datasets": 5,
    "data_bank_api.blobs": 4,
    "data_bank_api.auth": 4,
    "data_bank_api.events": 4,
    "data_bank_api.reports": 4,
    "data_bank_api.queue": 3,
    "data_bank_api.broker": 2,
    "data_bank_api.db": 2,
    "data_bank_api.network": 2,
    "data_bank_api.observability": 2,
    "data_bank_api.tracing": 1,
    "data_bank_api.config": 2,
    "data_bank_client.cli": 4,
    "data_bank_client": 3,  # the modules at the top: client, transfer, partial, ...
    "data_bank_client.calls": 2,
    "data_bank_client.wire": 1,
    "data_bank_client.errors": 0,
}
# An empty room: data_bank_api/__init__.py re-exports nothing, or it would be a way around.
LOBBY = "data_bank_api"
SHARED = {"data_bank_client.wire", "data_bank_client.errors"}
SEES_THE_CLIENT = {"data_bank_api.client", "data_bank_api.commands"}


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    floor: int

    @property
    def house(self) -> str:
        return self.name.partition(".")[0]


def room_of(module: str) -> Room | None:
    """The room of a module such as `data_bank_api.blobs.disk`; None where the table has none."""
    if module == LOBBY:
        return Room(LOBBY, 0)
    names = module.split(".")
    for length in range(len(names), 0, -1):
        name = ".".join(names[:length])
        # The client's own line covers its modules, not a package that nobody has placed.
        if name in FLOORS and (length > 1 or len(names) <= 2):
            return Room(name, FLOORS[name])
    return None


def judge(importer: Room, imported: Room) -> str | None:
    """What is wrong with an import, in a sentence; None if it may be."""
    if importer.house != imported.house:
        return _judge_houses(importer, imported)
    if importer == imported or importer.floor > imported.floor:
        return None
    if importer.floor == imported.floor:
        return (
            f"{importer.name} and {imported.name} are neighbours on floor {importer.floor} and "
            "do not know each other: what they share belongs below"
        )
    return (
        f"imports go down only: {importer.name} is on floor {importer.floor}, "
        f"{imported.name} on floor {imported.floor}"
    )


def _judge_houses(importer: Room, imported: Room) -> str | None:
    if imported.house == LOBBY:
        return "the client never imports the service"
    if imported.name in SHARED or importer.name in SEES_THE_CLIENT:
        return None
    return f"of the client {importer.name} may import wire and errors, not {imported.name}"
