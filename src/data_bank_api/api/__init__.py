"""The HTTP edge: the only part that is asynchronous, and the only one that knows statuses."""
