"""The SQL database: its tables, their upgrades, and transactions."""
