"""Work on a repository as it is registered at the end of the work, and not only at its beginning.

Who registers a repository anew, or changes its registration, while it is worked on, and asks for
the same again, is given the job that is under way: so that job does the rest of it, too.
"""

from collections.abc import Callable

from data_bank_api.hub.mirror import Mirror, Teller
from data_bank_api.hub.repository import Repository
from data_bank_api.hub.repository_name import RepoName
from data_bank_api.hub.sync import Outcome
from data_bank_client.errors import DataBankClientError, NotFoundError

Do = Callable[[Mirror, RepoName, Teller], Outcome]


def as_registered(do: Do, mirror: Mirror, name: RepoName, teller: Teller) -> Outcome:
    """What `do` comes to, done once more for as long as the registration changes meanwhile.

    Raises what it raises, and NotFoundError where the repository is not registered.
    """
    while True:
        before = mirror.registry.find(name)
        try:
            outcome = do(mirror, name, teller)
        except DataBankClientError:
            if not _is_another_now(mirror, before):
                raise
        else:
            if not _is_another_now(mirror, before):
                return outcome
        teller.log("its registration is another by now: once more")


def _is_another_now(mirror: Mirror, before: Repository) -> bool:
    """Whether other files are asked for; where none are any more, there is nothing to be done."""
    try:
        now = mirror.registry.find(before.name)
    except NotFoundError:
        return False
    return _what(now) != _what(before)


def _what(repository: Repository) -> tuple[object, ...]:
    asked = repository.asked
    return repository.repository_id, asked.revision, asked.patterns
