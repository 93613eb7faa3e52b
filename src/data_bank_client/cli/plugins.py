"""Commands of the service, found by the entry-point group `databank.commands`.

    [project.entry-points."databank.commands"]
    serve = "data_bank_api.commands.serve:serve"

An entry point is a function, registered under its name and imported when it is called.
"""

from importlib.metadata import EntryPoint, entry_points

from cyclopts import App

GROUP = "databank.commands"


def find_plugins(*, only_loadable: bool = False) -> list[EntryPoint]:
    """The service's commands by name, each name once; on demand only those that are installed."""
    found = {each.name: each for each in entry_points(group=GROUP)}
    chosen = [found[name] for name in sorted(found)]
    return [each for each in chosen if _is_loadable(each)] if only_loadable else chosen


def _is_loadable(plugin: EntryPoint) -> bool:
    try:
        plugin.load()
    except ImportError:
        return False
    return True


def add_plugins(app: App, plugins: list[EntryPoint]) -> None:
    """Register the commands, where the client has none of that name."""
    for plugin in plugins:
        if plugin.name not in app:
            app.command(plugin.value, name=plugin.name, group="Service")
