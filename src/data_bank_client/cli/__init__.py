"""The command line: a command parses, calls the client, and shows."""
