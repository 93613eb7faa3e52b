"""How a job ended, as the exit code of the command that waited for it."""

from data_bank_client.errors import DataBankClientError
from data_bank_client.wire.jobs import JobAnswer


class JobFailedError(DataBankClientError):
    """The service, or what it depends on, is to blame."""

    code = "JOB_FAILED"
    exit_code = 10


class JobInputError(DataBankClientError):
    """The job's input is to blame."""

    code = "JOB_INPUT_FAILED"
    exit_code = 11


class JobCancelledError(DataBankClientError):
    """Somebody cancelled it."""

    code = "JOB_CANCELLED"
    exit_code = 12


def require_success(job: JobAnswer) -> None:
    """Raise the error that the job's end is, if it is one."""
    if job["state"] == "cancelled":
        raise JobCancelledError("the job was cancelled")
    if job["state"] == "failure":
        error = job["error"]
        if error is not None and error["kind"] == "user":
            raise JobInputError(f"the job failed by its input: {error['message']}")
        raise JobFailedError(
            f"the job failed: {error['message'] if error else 'no reason is told'}"
        )
