"""The whole interface fuzzed from its own OpenAPI document, by schemathesis.

Every operation gets what the document allows and what it forbids, methods that are not there, and
chains of calls; every answer must be one that the document tells: status, type, headers, shape.

FUZZ_EXAMPLES is how many requests each operation gets in a phase. Where it is not set they are few
and the same every time; where it is, they are new each time, and the seed is told.
"""

import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import schemathesis
from schemathesis import BaseSchema, engine
from schemathesis.engine import events

from data_bank_client.wire.digest import Digest

FEW = 3

# For a bank to hold before it is fuzzed: half of the questions are about one of these.
PLANTED = [b"planted %d" % number for number in range(40)]
# And half of those about a dataset about one of these, for its catalog to have.
DATASETS = ["org/data", "org/commits", "squad"]


@dataclass(frozen=True, slots=True)
class Findings:
    """What was sent by phase and answered by status, and what was wrong with answers."""

    seed: int
    phases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def configure(
    seed: int, key: str | None, jobs: Sequence[str], tables: Sequence[str]
) -> schemathesis.Config:
    """Valid requests need not be taken: a condition that does not hold refuses them.

    Half of the questions about a job are about one of `jobs`, half of those about a dataset of the
    bank about one of `tables`. Events have no end, so that nobody waits for one.
    """
    examples = int(os.environ.get("FUZZ_EXAMPLES", FEW))
    is_repeated = "FUZZ_EXAMPLES" not in os.environ
    headers = "" if key is None else f'headers = {{ "X-API-Key" = "{key}" }}'
    return schemathesis.Config.from_str(
        f"""
        seed = {seed}
        {headers}
        [dictionaries]
        ids = {{ values = [{", ".join(f'"{Digest.of(each)}"' for each in PLANTED)}] }}
        jobs = {{ values = [{", ".join(f'"{each}"' for each in jobs)}] }}
        datasets = {{ values = [{", ".join(f'"{each}"' for each in DATASETS)}] }}
        tables = {{ values = [{", ".join(f'"{each}"' for each in tables)}] }}
        ranges = {{ values = ["bytes=0-3", "bytes=-2", "bytes=0-0,2-2", "bytes=90-"] }}
        [parameters]
        "path.id" = {{ dictionary = "ids", probability = 0.5 }}
        "path.dataset_id" = {{ dictionary = "datasets", probability = 0.5 }}
        "header.Range" = {{ dictionary = "ranges", probability = 0.5 }}
        [[operations]]
        include-path-regex = "^/jobs/"
        parameters = {{ "path.id" = {{ dictionary = "jobs", probability = 0.5 }} }}
        [[operations]]
        include-path-regex = "^/datasets/"
        parameters = {{ "path.id" = {{ dictionary = "tables", probability = 0.5 }} }}
        [[operations]]
        include-path = "/events"
        enabled = false
        [generation]
        max-examples = {examples}
        deterministic = {str(is_repeated).lower()}
        database = "none"
        [checks]
        positive_data_acceptance.enabled = false
        negative_data_rejection.expected-statuses = ["4XX"]
        [output.sanitization]
        enabled = false
        """
    )


def choose_seed() -> int:
    return random.randrange(2**32) if "FUZZ_EXAMPLES" in os.environ else 1


def fuzz(schema: BaseSchema, seed: int) -> Findings:
    findings = Findings(seed)
    for event in engine.from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                _note(event, findings)
            case events.NonFatalError() | events.FatalError():
                findings.wrong.append(str(event))
            case _:
                pass
    return findings


def _note(event: events.ScenarioFinished, findings: Findings) -> None:
    for interaction in event.recorder.interactions.values():
        findings.phases[event.phase.value] += 1
        if interaction.response is not None:
            findings.statuses[interaction.response.status_code] += 1
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                findings.wrong.append(
                    f"{event.recorder.label}: {check.name}: {failure.title}: {failure.message}\n"
                    f"{check.failure_info.code_sample}"
                )
