"""The manifest of a snapshot: what a commit is made of, as one canonical JSON text (RFC 8785).

    {"commit":"<40 hex>","files":[{"lfs":true,"oid":"...","path":"...","sha256":"...","size":1},
    ...],"repo_id":"org/name","repo_type":"model","version":1}

No white space, names in their order, files in the order of their paths' bytes: equal snapshots have
equal manifests, so the bank holds one. `oid` is git's SHA-1 (of a file in LFS: of its pointer),
`sha256` the file's id in the bank.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from data_bank_api.hub.artifact import Artifact
from data_bank_api.hub.repository_name import RepoName
from data_bank_client.wire.digest import Digest

CONTENT_TYPE = "application/json"


class _File(msgspec.Struct, frozen=True):
    """Its fields are in the order of their names."""

    lfs: bool
    oid: str
    path: str
    sha256: str
    size: int


def write_manifest(
    name: RepoName, commit: str, batches: Iterable[Sequence[tuple[Artifact, Digest]]]
) -> Iterator[bytes]:
    """Its text, piece by piece: there may be 100 000 files."""
    yield b'{"commit":%b,"files":[' % _json(commit)
    comma = b""
    for batch in batches:
        yield comma + b",".join(_json(_file(*each)) for each in batch)
        comma = b","
    named = b'"repo_id":%b,"repo_type":%b' % (_json(name.repo_id), _json(name.repo_type))
    yield b"]," + named + b',"version":1}'


def _file(artifact: Artifact, digest: Digest) -> _File:
    file = artifact.file
    return _File(file.sha256 is not None, file.oid, file.path.text, digest.hex, file.size)


def _json(value: str | _File) -> bytes:
    return msgspec.json.encode(value)
