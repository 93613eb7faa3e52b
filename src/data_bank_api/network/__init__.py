"""Calling out: which addresses may be called, and connections that go nowhere else."""
