"""`databank jobs`: the commands about jobs."""

from cyclopts import App

from data_bank_client.cli.jobs_change import cancel, retry
from data_bank_client.cli.jobs_ls import ls
from data_bank_client.cli.jobs_show import show
from data_bank_client.cli.jobs_start import start
from data_bank_client.cli.jobs_watch import watch

jobs = App(name="jobs", help="Start long work and watch it: jobs, and how they go.")
for _command in (start, ls, show, watch, cancel, retry):
    jobs.command(_command)
