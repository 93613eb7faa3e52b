"""A module for each part of the pages: what is asked of the house, and which template shows it."""
