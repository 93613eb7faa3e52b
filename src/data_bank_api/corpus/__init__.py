"""Files brought into the bank for other services, from a repository of the Hub or an address."""
