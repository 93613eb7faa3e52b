"""`databank hub`: the commands about the mirror of the Hub."""

from cyclopts import App

from data_bank_client.cli.hub_add import add
from data_bank_client.cli.hub_fetch import fetch
from data_bank_client.cli.hub_jobs import jobs
from data_bank_client.cli.hub_ls import ls
from data_bank_client.cli.hub_rm import rm
from data_bank_client.cli.hub_scan import scan
from data_bank_client.cli.hub_set import set_
from data_bank_client.cli.hub_show import show
from data_bank_client.cli.hub_start import download, sync

hub = App(
    name="hub", help="Mirror repositories of the Hugging Face Hub: list, fetch, look at them."
)
for _command in (add, sync, download, ls, show, fetch, scan, jobs, rm):
    hub.command(_command)
hub.command(set_, name="set")
