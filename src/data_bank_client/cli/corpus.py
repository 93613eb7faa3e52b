"""`databank corpus`: files brought into the bank from elsewhere."""

from cyclopts import App

from data_bank_client.cli.corpus_ingest import ingest

corpus = App(name="corpus", help="Bring files into the bank: of a repository, or at an address.")
corpus.command(ingest)
