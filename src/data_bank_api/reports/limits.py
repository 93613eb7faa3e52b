"""What one report may take. Whoever needs more gets no report, and nobody else notices."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """`disk` is for all that is written meanwhile: the table, and what does not fit into memory."""

    memory: int = 256 * MIB  # bytes for DuckDB, beside some 130 MB for the process around it
    seconds: float = 3600
    rows: int = 200_000_000
    columns: int = 1000  # each takes some 128 KB of the memory while a file is read
    disk: int = 32 << 30
    threads: int = 2

    def of_room(self) -> str:
        """What to say to who needs more memory or disk."""
        return (
            f"a report of it needs more than {self.memory // MIB} MiB of memory "
            f"and {self.disk // MIB} MiB of disk"
        )
