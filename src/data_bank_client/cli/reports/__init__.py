"""A report for a terminal: pure functions, from a report to lines of text."""
