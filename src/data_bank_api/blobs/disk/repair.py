"""A repair by an operator: all that a start mends, and what only a closer look finds.

    a sidecar that is not valid, or of another size than its blob     rebuilt
    a blob of another size than its sidecar says, whose bytes are
    not those of its digest; with `is_thorough` any such blob         put into quarantine

What it cannot cure it names with the reason: a copy in quarantine is healed by an upload only.
"""

import os
from collections.abc import Callable, Iterator

from data_bank_api.blobs.disk.defects import (
    CONDEMNED,
    DAMAGED,
    OUT_OF_REACH,
    UNREADABLE,
    Finding,
    is_suspect,
    look_at_names,
)
from data_bank_api.blobs.disk.mend import Ward
from data_bank_api.blobs.disk.pace import Pace
from data_bank_api.blobs.disk.verify import State, Verifier, reason
from data_bank_api.blobs.disk.walk import names_in, walk_shards
from data_bank_client.wire.digest import Digest

_HEALED_BY = "upload the file again to heal it"


class Repair:
    """One pass over the store in `ward`, which looks inside; `pass_by` is called at each digest."""

    def __init__(
        self, ward: Ward, pace: Pace, pass_by: Callable[[Digest], None], *, is_thorough: bool
    ) -> None:
        self._ward = ward
        self._pace = pace
        self._pass_by = pass_by
        self._is_thorough = is_thorough
        self._verifier = Verifier(ward.layout.root, ward.system, pace, ward.remedies.judge)

    def run(self) -> Iterator[Finding]:
        """Raises StoppedError, as the pace does; OSError where the root cannot be listed."""
        yield from self._ward.sweep()
        for shard in walk_shards(self._ward.layout):
            yield from self._repair_shard(shard)

    def _repair_shard(self, shard: str) -> Iterator[Finding]:
        try:
            digests = sorted(names_in(self._ward.layout, shard))
        except OSError as error:
            name = os.path.relpath(shard, self._ward.layout.root)
            yield Finding(f"{name}/*", OUT_OF_REACH, reason(error))
            return
        for digest in digests:
            self._pace.take(0)
            self._pass_by(digest)
            yield from self._repair(digest)

    def _repair(self, digest: Digest) -> list[Finding]:
        ward = self._ward
        if self._is_thorough or is_suspect(ward.layout, digest):
            verdict = self._verifier.verify(digest)
            if verdict.state is State.DAMAGED:
                return [ward.finding(digest, DAMAGED, verdict.because)]
            if verdict.state is State.FAILED:
                return [ward.finding(digest, UNREADABLE, verdict.says)]
        findings = ward.treat(digest)
        kinds = look_at_names(ward.layout, digest).kinds
        if "bad" in kinds and "bin" not in kinds:
            findings.append(ward.finding(digest, CONDEMNED, _HEALED_BY))
        return findings
