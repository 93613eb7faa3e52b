"""Reports: what a table in a file is made of, told in bounded memory. No database, no HTTP."""
