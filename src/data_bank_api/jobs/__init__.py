"""What runs in the background: the worker and its kinds of job, the dispatcher, the courier."""
