"""A process that is killed at each call of one that changes a store, a new child for each.

    python -m tests.fakes.killed ROOT upload|adopt|remove SCENARIO before|after

For the n-th call a child works in ROOT/n until it is killed there. Prints how many were.
"""

import os
import signal
import sys
from pathlib import Path

from data_bank_client.wire.digest import Digest
from tests.fakes.disk import SCENARIOS, Scenario, bring, open_store
from tests.fakes.files import LATER, describe
from tests.fakes.systems import KillingSystem

CONTENT = b"written by a process that is killed" * 100
DIGEST = Digest.of(CONTENT)
AGAIN = describe(CONTENT, "image/png", LATER)


def act(verb: str, root: Path, system: KillingSystem) -> None:
    store = open_store(root, system)
    if verb == "remove":
        store.remove(DIGEST)
        return
    is_upload = verb == "upload"
    draft = store.draft(len(CONTENT) + 100) if is_upload else store.adopt(_brought(root))
    draft.write(CONTENT[:1000])
    draft.write(CONTENT[1000:])
    draft.commit(AGAIN)


def _brought(root: Path) -> str:
    return str(bring(root, CONTENT))


def is_killed(verb: str, root: Path, system: KillingSystem) -> bool:
    """Whether a child was killed at its work; False where it came to its end."""
    child = os.fork()
    if child == 0:
        act(verb, root, system)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) == 0:
        return False
    assert os.WTERMSIG(status) == signal.SIGKILL
    return True


def kill_each_call(top: Path, verb: str, before: Scenario, *, is_after: bool) -> int:
    at = 0
    while True:
        at += 1
        root = top / str(at)
        root.mkdir(parents=True)
        before(root, CONTENT)
        if not is_killed(verb, root, KillingSystem(at, is_after=is_after)):
            return at - 1


if __name__ == "__main__":
    folder, what, name, moment = sys.argv[1:]
    scenario = next(each for each in SCENARIOS if each.__name__ == name)
    print(kill_each_call(Path(folder), what, scenario, is_after=moment == "after"))
