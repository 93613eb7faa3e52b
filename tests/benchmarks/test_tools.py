"""When something may be installed, and how."""

import pytest

from benchmarks.tools import install_command


def test_root_installs_packages_itself() -> None:
    command = install_command(["wrk"], is_root=True, can_sudo=False, has_apt=True)
    assert command is not None
    assert (command[0], command[-1]) == ("sh", "wrk")


def test_another_user_installs_by_a_sudo_that_asks_nothing() -> None:
    command = install_command(["wrk"], is_root=False, can_sudo=True, has_apt=True)
    assert command is not None
    assert command[:3] == ["sudo", "-n", "sh"]


@pytest.mark.parametrize(
    ("packages", "is_root", "has_apt"),
    [(["wrk"], False, True), (["wrk"], True, False), ([], True, True)],
    ids=["not allowed", "no apt", "nothing to install"],
)
def test_else_nothing_is_installed(packages: list[str], is_root: bool, has_apt: bool) -> None:
    assert install_command(packages, is_root=is_root, can_sudo=False, has_apt=has_apt) is None
