"""`databank catalog`: the commands about the catalog of the Hub's datasets."""

from cyclopts import App

from data_bank_client.cli.catalog_mirror import mirror
from data_bank_client.cli.catalog_refresh import refresh
from data_bank_client.cli.catalog_search import search
from data_bank_client.cli.catalog_show import show

catalog = App(
    name="catalog", help="Find datasets of the Hugging Face Hub, see their impact, mirror them."
)
for _command in (search, show, refresh, mirror):
    catalog.command(_command)
