"""The tests mirror src. This file makes `tests` a package; the folders below need none."""
