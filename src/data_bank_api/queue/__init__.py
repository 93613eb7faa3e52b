"""The table of jobs, the outbox, and everything that changes them: each change a transaction."""
