"""What goes around every request, as plain ASGI for HTTP. `main.py` says in which order."""
