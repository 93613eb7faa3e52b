"""Commands of the service, found by the entry-point group `databank.commands`.

    [project.entry-points."databank.commands"]
    serve = "data_bank_api.commands.serve:serve"

An entry point is a function, registered under its name and imported when it is called.
"""

from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points

from cyclopts import App

GROUP = "databank.commands"


def find_plugins() -> list[EntryPoint]:
    """The service's commands by name, each name once, installed or not."""
    found = {each.name: each for each in entry_points(group=GROUP)}
    return [found[name] for name in sorted(found)]


def add_plugins(app: App, plugins: list[EntryPoint], *, are_loaded: bool) -> None:
    """Register the commands, where the client has none of that name.

    Loaded ones are described in the help; of those, one that is not installed is left out.
    """
    for plugin in plugins:
        if plugin.name in app:
            continue
        if are_loaded:
            with suppress(ImportError):
                app.command(plugin.load(), name=plugin.name, group="Service")
        else:
            app.command(plugin.value, name=plugin.name, group="Service")
