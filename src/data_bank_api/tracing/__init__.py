"""Traces: what a request or a job did, and how long each part of it took."""
