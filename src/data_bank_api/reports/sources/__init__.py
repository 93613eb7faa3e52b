"""What is read: each kind of file becomes a table (table.py) that all statistics are asked of."""
