"""A repository of the stand-in Hub: commits of files, branches, tags and pull requests.

`RepoSpec` says how one begins; `Repository` is what it became, and takes more commits.
Names of files are taken as they are given, hostile ones too: to judge them is the mirror's part.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from tests.fakes.hub.content import Content, RepoFile

RepoType = Literal["model", "dataset"]
Gated = Literal["auto", "manual", False]
Files = Mapping[str, bytes | Path]

LFS_NAMES = ("*.safetensors", "*.bin", "*.pt", "*.pth", "*.gguf", "*.onnx", "*.pb", "*.parquet")
LFS_SIZE = 10 << 20
BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class RepoSpec:
    """How a repository begins: its first commit is on `main`.

    LFS are the files whose names match `lfs`, as .gitattributes says it, and those from 10 MiB on.
    A private repository is there for members only; of a gated one they alone get the files.
    `told` is what the Hub tells of it beside and instead of the rest: a description, any nonsense.
    """

    repo_id: str
    files: Files = field(default_factory=dict)
    repo_type: RepoType = "model"
    private: bool = False
    gated: Gated = False
    lfs: tuple[str, ...] = LFS_NAMES
    tags: tuple[str, ...] = ()
    downloads: int = 1234
    likes: int = 56
    told: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Commit:
    id: str
    parent: str | None
    title: str
    date: datetime
    files: dict[str, RepoFile]


class Repository:
    """`head` is the commit of main; `commit`, `force_push`, `branch` and `tag` change things."""

    def __init__(self, spec: RepoSpec) -> None:
        self.spec = spec
        self.repo_id = spec.repo_id
        self.repo_type = spec.repo_type
        self.branches: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.pull_requests: dict[int, str] = {}
        self._commits: dict[str, Commit] = {}
        self._lock = threading.RLock()
        self.commit(spec.files, title="initial commit")

    @property
    def head(self) -> str:
        return self.branches["main"]

    @property
    def newest(self) -> Commit:
        return self._commits[self.head]

    @property
    def files(self) -> dict[str, RepoFile]:
        """Those of main, by path."""
        return self.newest.files

    def commit(
        self, files: Mapping[str, bytes | Path | None], *, branch: str = "main", title: str = "more"
    ) -> str:
        """Add and replace files on a branch; those that are None are removed. The new commit."""
        with self._lock:
            parent = self._commits.get(self.branches.get(branch, ""))
            kept = {} if parent is None else dict(parent.files)
            for path in files:
                kept.pop(path, None)
            return self._put(branch, parent, kept | self._made(files), title)

    def force_push(self, files: Files, *, branch: str = "main") -> str:
        """Replace a branch by a commit that knows nothing of what was there. The new commit."""
        with self._lock:
            return self._put(branch, None, self._made(files), f"forced {len(self._commits)}")

    def branch(self, name: str, commit: str | None = None) -> None:
        with self._lock:
            self.branches[name] = commit or self.head

    def tag(self, name: str, commit: str | None = None) -> None:
        with self._lock:
            self.tags[name] = commit or self.head

    def pull_request(self, number: int, commit: str | None = None) -> None:
        """It is there as the revision `refs/pr/<number>`."""
        with self._lock:
            self.pull_requests[number] = commit or self.head

    def find(self, revision: str) -> Commit | None:
        """By commit, branch, tag, or a whole ref."""
        with self._lock:
            names = {f"refs/heads/{name}": commit for name, commit in self.branches.items()}
            names |= {f"refs/tags/{name}": commit for name, commit in self.tags.items()}
            names |= {f"refs/pr/{number}": commit for number, commit in self.pull_requests.items()}
        tried = (revision, f"refs/heads/{revision}", f"refs/tags/{revision}")
        return self._commits.get(next((names[n] for n in tried if n in names), revision))

    def history(self, commit: Commit) -> list[Commit]:
        """The newest first."""
        found = [commit]
        while (parent := found[-1].parent) is not None:
            found.append(self._commits[parent])
        return found

    def _made(self, files: Mapping[str, bytes | Path | None]) -> dict[str, RepoFile]:
        present = {path: Content(each) for path, each in files.items() if each is not None}
        return {
            path: RepoFile(path, each, self._is_lfs(path, each)) for path, each in present.items()
        }

    def _is_lfs(self, path: str, content: Content) -> bool:
        return content.size >= LFS_SIZE or any(fnmatch(path, each) for each in self.spec.lfs)

    def _put(
        self, branch: str, parent: Commit | None, files: dict[str, RepoFile], title: str
    ) -> str:
        date = BEGINNING + timedelta(hours=len(self._commits))
        before = None if parent is None else parent.id
        known = [self.repo_id, str(before), title, date.isoformat()]
        known += [f"{path}\0{file.oid}" for path, file in sorted(files.items())]
        name = hashlib.sha1("\n".join(known).encode("utf-8", "surrogatepass")).hexdigest()
        self._commits[name] = Commit(name, before, title, date, files)
        self.branches[branch] = name
        return name
