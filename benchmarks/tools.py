"""The programs that a run needs, and their installation where that may be done.

Installing is by apt-get, as root or by a sudo that asks nothing; services that packages bring
are not started. What cannot be had is missing, and its rows say so.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence

from benchmarks.errors import MissingContestantError

# The program and its package in Debian and Ubuntu.
PACKAGES = {
    "nginx": "nginx-light",
    "docker-registry": "docker-registry",
    "rclone": "rclone",
    "wrk": "wrk",
    "curl": "curl",
    "strace": "strace",
}
# policy-rc.d is what packages ask before they start a service.
_INSTALL = """
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "$@"
"""
_LONGEST = 600


def locate(program: str) -> str | None:
    """Also where root's programs are, which are not on everybody's PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def find(program: str) -> str:
    """Raises MissingContestantError."""
    path = locate(program)
    if path is None:
        raise MissingContestantError(f"{program} is not installed (apt: {PACKAGES[program]})")
    return path


def missing() -> list[str]:
    return [program for program in PACKAGES if locate(program) is None]


def install_command(
    packages: Sequence[str], *, is_root: bool, can_sudo: bool, has_apt: bool
) -> list[str] | None:
    """None where it may not be done."""
    if not packages or not has_apt or not (is_root or can_sudo):
        return None
    return [*([] if is_root else ["sudo", "-n"]), "sh", "-c", _INSTALL, "sh", *packages]


def install(programs: Sequence[str]) -> bool:
    """Whether something was installed, or at least tried with success."""
    command = install_command(
        [PACKAGES[program] for program in programs],
        is_root=os.geteuid() == 0,
        can_sudo=_succeeds(["sudo", "-n", "true"]) if shutil.which("sudo") else False,
        has_apt=shutil.which("apt-get") is not None,
    )
    return command is not None and _succeeds(command)


def _succeeds(command: Sequence[str]) -> bool:
    try:
        run = subprocess.run(command, capture_output=True, check=False, timeout=_LONGEST)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0
