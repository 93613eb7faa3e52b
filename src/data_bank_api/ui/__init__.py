"""The pages below `/ui`, for people with a browser: templates, a style, small scripts, no build.

They stand above `api`: they ask the same desks and stores in the same pools, never over HTTP, and
answer by what `api` answers by. `api/main.py` puts both together.
"""
