"""A kind of job: its arguments, as a frozen value, and what is done with them."""

from typing import ClassVar, Protocol

from data_bank_api.auth.scope import Scope
from data_bank_api.jobs.shop import Shop
from data_bank_api.jobs.work import Work
from data_bank_client.wire.jobs import JobResult


class Kind(Protocol):
    """A frozen msgspec.Struct that forbids unknown fields: its fields are the arguments.

    `name` is what a question asks for, `scope` what its key must be good for.
    """

    name: ClassVar[str]
    scope: ClassVar[Scope]

    def run(self, shop: Shop, work: Work) -> JobResult:
        """Do it. It may be run twice without harm: a run can be cut off anywhere, and begun anew.

        It may be ended by an exception at any line, a BaseException: clean-up belongs in `finally`.
        What is raised is judged by jobs/failures: tried again, or told as why the job failed.
        """
        ...
