"""The kinds of jobs, one file each; `table` has them by name."""
