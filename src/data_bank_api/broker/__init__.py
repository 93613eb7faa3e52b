"""Redis, which carries the queue and the events: connections to it, and what it fails with."""
