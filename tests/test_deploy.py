"""What is handed to operators fits the service: settings, commands, folders, units."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from data_bank_api.config import SETTINGS, Settings
from data_bank_client.cli.main import build_app

HOME = Path(__file__).parent.parent
UNITS = sorted((HOME / "deploy" / "systemd").glob("databank-*"))
SERVICES = [each for each in UNITS if each.suffix == ".service"]
PAGE = (HOME / "docs" / "deployment.md").read_text(encoding="utf-8")
NAMES = {setting.name for setting in SETTINGS}
# What is the platforms' own.
THEIRS = {"POSTGRES_PASSWORD", "BANK_ADDRESS", "RAILWAY_RUN_UID", "DATA_BANK_URL", "DATA_BANK_KEY"}
DATABANK = str(Path(sys.executable).with_name("databank"))


class Service(msgspec.Struct):
    command: list[str] = []
    environment: dict[str, str | int] = {}
    volumes: list[str] = []


class Compose(msgspec.Struct):
    services: dict[str, Service]
    volumes: dict[str, None]


def compose() -> Compose:
    return msgspec.yaml.decode((HOME / "compose.yaml").read_bytes(), type=Compose)


def commands() -> set[str]:
    return {name for name in build_app() if not name.startswith("-")}


def filled_in(text: str) -> str:
    """As compose does it, where nothing is set but what has to be."""
    text = re.sub(r"\$\{\w+:\?[^}]*\}", "given", text)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def test_compose_has_the_parts_and_a_volume_for_each_that_keeps_something() -> None:
    whole = compose()
    assert set(whole.services) == {"api", "worker", "redis", "postgres"}
    named = {each.partition(":")[0] for part in whole.services.values() for each in part.volumes}
    assert named == set(whole.volumes)


@pytest.mark.parametrize("part", ["api", "worker"])
def test_a_part_of_compose_is_told_settings_that_there_are(part: str) -> None:
    told = compose().services[part]
    assert set(told.environment) <= NAMES
    program, command = told.command
    assert (program, command in commands()) == ("databank", True)
    settings = Settings.read({name: filled_in(str(it)) for name, it in told.environment.items()})
    assert f"files:{settings.data_root}" in told.volumes
    assert settings.data_root in settings.state_root.parents
    assert settings.redis_url == "redis://redis:6379/0"
    assert settings.database_url == "postgresql://databank:given@postgres/databank"
    assert settings.traces_endpoint is None


def test_the_server_and_its_workers_have_the_same_database_queue_and_files() -> None:
    api, worker = compose().services["api"], compose().services["worker"]
    differ = {
        name
        for name in {*api.environment, *worker.environment}
        if api.environment.get(name) != worker.environment.get(name)
    }
    assert differ == {"WORKERS", "WORKER_PROCESSES"}
    assert api.volumes == worker.volumes


def test_what_has_to_be_set_for_compose_is_said() -> None:
    needed = set(re.findall(r"\$\{(\w+):\?", (HOME / "compose.yaml").read_text()))
    assert needed == {"API_UPLOAD_KEYS", "POSTGRES_PASSWORD"}
    for name in needed:
        assert f'echo "{name}=' in PAGE


def test_compose_itself_understands_it() -> None:
    asked = ["docker", "compose", "--file", str(HOME / "compose.yaml"), "config", "--quiet"]
    docker = shutil.which("docker")
    look = [docker or "false", "compose", "version"]
    if subprocess.run(look, capture_output=True, check=False).returncode != 0:
        pytest.skip("docker compose is not here")
    told = {"API_UPLOAD_KEYS": "k", "POSTGRES_PASSWORD": "p", "PATH": "/usr/bin:/bin"}
    assert subprocess.run(asked, env=told, check=False).returncode == 0


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_that_there_is(unit: Path) -> None:
    [line] = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    program, command, *options = line.split()
    assert program == "/opt/data-bank/bin/databank"
    assert command in commands()
    arguments = build_app(are_loaded=True)[command].assemble_argument_collection()
    there = {name for each in arguments for name in each.names}
    assert {each for each in options if each.startswith("--")} <= there


def test_the_units_read_a_file_of_settings_that_there_are() -> None:
    text = (HOME / "deploy" / "systemd" / "databank.env").read_text()
    told = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    settings = Settings.read({**told, "API_UPLOAD_KEYS": "k"})
    assert set(told) <= NAMES
    for unit in SERVICES:
        assert "EnvironmentFile=/etc/databank/databank.env\n" in unit.read_text()
        assert f"ReadWritePaths={settings.data_root}\n" in unit.read_text()


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_writes_to_the_folder_of_files_and_a_tmp_of_its_own(unit: Path) -> None:
    """All else is read-only to it, and it is never root."""
    said = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
    confined = {"ProtectSystem": "strict", "PrivateTmp": "yes", "NoNewPrivileges": "yes"}
    assert confined.items() <= said.items()
    assert (said["User"], said["UMask"], said["CapabilityBoundingSet"]) == ("databank", "0077", "")


def test_a_stop_by_systemd_waits_longer_than_the_service_does() -> None:
    grace = Settings.read({"API_UPLOAD_KEYS": "k"}).grace_seconds
    found = [
        re.findall(r"^TimeoutStopSec=(\d+)$", each.read_text(), re.MULTILINE) for each in UNITS
    ]
    waits = [int(seconds) for each in found for seconds in each]
    assert len(waits) == 2
    assert min(waits) >= grace + 20


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/data-bank/bin/databank", DATABANK)
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^Documentation=.*\n", "", text))
    asked = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    said = [
        line for line in done.stderr.splitlines() if str(tmp_path) in line or "databank" in line
    ]
    assert said == []


def test_the_page_speaks_of_settings_and_commands_that_there_are() -> None:
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", PAGE, re.DOTALL))
    named = set(re.findall(r"\b([A-Z][A-Z]+(?:_[A-Z]+)+|HOST|PORT)\b", code))
    assert named <= NAMES | THEIRS
    assert set(re.findall(r"databank ([a-z]+)", code)) <= commands() | {"databank"}
    for unit in re.findall(r"databank-[a-z]+(?:\.timer)?", code):
        assert any(each.name.startswith(unit) for each in UNITS), unit


def test_the_page_shows_the_app_as_it_is_started_by_hypercorn() -> None:
    assert "hypercorn 'data_bank_api.api.main:create_app()' --bind '[::]:8000'" in PAGE
