"""What each call says and what its answer means; no input or output over the network."""
