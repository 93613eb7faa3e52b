"""What a key can be good for."""

from enum import Enum


class Scope(Enum):
    READ = "read"
    UPLOAD = "upload"
    DELETE = "delete"
    METRICS = "metrics"
