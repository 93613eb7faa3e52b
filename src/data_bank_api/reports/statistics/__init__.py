"""What a report tells: a statistic is one class, and one line in a table (columns.py, rows.py)."""
