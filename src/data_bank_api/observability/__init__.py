"""Seeing what goes on."""
