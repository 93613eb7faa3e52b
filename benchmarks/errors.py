"""What can go wrong in a run."""


class BenchmarkError(Exception):
    """What was measured is not what was meant: the figure would say nothing."""


class MissingContestantError(Exception):
    """A contestant cannot be started here; the text says why."""
