"""The rooms of the HTTP interface, a file each."""
