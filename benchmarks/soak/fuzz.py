"""Every operation is sent requests that are made of its description (tests/data_bank_api/api)."""

import os
import subprocess
import sys
from collections.abc import Callable

EXAMPLES = 300


def run(say: Callable[[str], None], examples: float) -> bool:
    """Whether nothing was found; what pytest says goes where this goes."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0"]
    ended = subprocess.run(
        [*command, "tests/data_bank_api/api/test_fuzz.py"],
        env={**os.environ, "FUZZ_EXAMPLES": str(int(examples))},
        check=False,
    )
    say("ok" if ended.returncode == 0 else "FAILED")
    return ended.returncode == 0
