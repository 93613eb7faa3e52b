"""The parts of the pages, as the head of each page names them. A new part has its line here."""

from dataclasses import dataclass

from data_bank_api.auth.scope import Scope
from data_bank_api.auth.session import SCOPES

HOME = "/ui"
SIGN_IN = "/ui/sign-in"

READ = frozenset({Scope.READ})
UPLOAD = frozenset({Scope.UPLOAD})
DELETE = frozenset({Scope.DELETE})


@dataclass(frozen=True, slots=True)
class Place:
    """Offered to sessions that carry one of `scopes`."""

    name: str
    path: str
    scopes: frozenset[Scope]

    def holds(self, path: str) -> bool:
        return path == self.path or (self.path != HOME and path.startswith(f"{self.path}/"))


PLACES = (
    Place("Overview", HOME, SCOPES),
    Place("Files", "/ui/files", READ | UPLOAD),
    Place("Datasets", "/ui/datasets", READ | UPLOAD),
    Place("Catalog", "/ui/catalog", READ),
    Place("Hub", "/ui/hub", READ | UPLOAD),
    Place("Jobs", "/ui/jobs", READ),
)


def is_below(path: str) -> bool:
    """Whether an address is one of the pages'."""
    return path == HOME or path.startswith(f"{HOME}/")
