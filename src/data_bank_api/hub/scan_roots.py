"""The folders of the server's disk that may be scanned, and the way into them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from data_bank_api.config import SettingsError
from data_bank_api.hub.scan_path import ScanPath
from data_bank_api.hub.scan_skips import Reason, SkippedError
from data_bank_api.hub.scan_tree import Parts, Tree
from data_bank_client.errors import (
    DataBankClientError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    ServiceUnavailableError,
)

OFF = "scanning is off: SCAN_ROOTS names no folder"
_REFUSALS: dict[Reason, tuple[type[DataBankClientError], str]] = {
    Reason.LEADS_NOWHERE: (NotFoundError, "there is no folder {} below SCAN_ROOTS"),
    Reason.CHANGED: (InvalidInputError, "path: {} is no folder"),
    Reason.TOO_DEEP: (InvalidInputError, "path: {} is too deep"),
    Reason.LEADS_OUT: (ForbiddenError, "{} leads out of SCAN_ROOTS"),
    Reason.OWN: (ForbiddenError, "{} is in the bank's own folder"),
    Reason.UNREADABLE: (ForbiddenError, "the bank may not read {}"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in a tree that is open."""

    tree: Tree
    parts: Parts


@dataclass(frozen=True, slots=True)
class ScanRoots:
    """`own`: folders and files of the bank, which are never scanned. Without roots it is off."""

    roots: tuple[Path, ...] = ()
    own: tuple[Path, ...] = ()

    def checked(self) -> Self:
        """These, if they can be used. Raises SettingsError."""
        for root in self.roots:
            try:
                Tree(root, ()).close()
            except OSError as error:
                raise SettingsError(f"SCAN_ROOTS: {root}: {error.strerror}") from error
            real = Path(os.path.realpath(root))
            if any(real.is_relative_to(os.path.realpath(own)) for own in self.own):
                raise SettingsError(f"SCAN_ROOTS: {root} is in the bank's own folder")
        return self

    @contextmanager
    def open(self, path: ScanPath) -> Iterator[Place]:
        """The folder: a relative one in the first root that has it.

        Raises ForbiddenError where scanning is off or it is below no root, NotFoundError,
        InvalidInputError where it is no folder, ServiceUnavailableError where a root is away.
        """
        if not self.roots:
            raise ForbiddenError(OFF)
        with ExitStack() as trees:
            yield self._find(path, trees)

    def _find(self, path: ScanPath, trees: ExitStack) -> Place:
        reason = Reason.LEADS_OUT
        for root in self.roots:
            below = path.below(root)
            if below is None:
                continue
            tree = trees.enter_context(closing(self._tree(root)))
            try:
                return _place(tree, below)
            except SkippedError as error:
                reason = error.reason
        refusal, says = _REFUSALS.get(reason, _REFUSALS[Reason.UNREADABLE])
        raise refusal(says.format(path))

    def _tree(self, root: Path) -> Tree:
        try:
            return Tree(root, self.own)
        except OSError as error:
            says = f"a folder of SCAN_ROOTS cannot be opened: {error.strerror}"
            raise ServiceUnavailableError(says) from error


def _place(tree: Tree, below: str) -> Place:
    parts = tree.follow((), below)
    with tree.folder(parts):
        return Place(tree, parts)
