"""`python -m data_bank_client.cli` is the command `databank`."""

from data_bank_client.cli.main import main

main()
