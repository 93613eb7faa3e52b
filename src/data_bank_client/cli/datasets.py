"""`databank datasets`: the commands about datasets and their reports."""

from cyclopts import App

from data_bank_client.cli.datasets_add import add
from data_bank_client.cli.datasets_ls import ls
from data_bank_client.cli.datasets_process import process
from data_bank_client.cli.datasets_report import report
from data_bank_client.cli.datasets_rm import rm
from data_bank_client.cli.datasets_show import show

datasets = App(
    name="datasets", help="Have CSV, JSON and Parquet files profiled, and read their reports."
)
for _command in (add, ls, show, report, process, rm):
    datasets.command(_command)
