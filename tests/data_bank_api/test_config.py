"""The settings: what is taken, what is refused, and in what words."""

import hashlib
from pathlib import Path

import pytest

from data_bank_api.config import SETTINGS, Settings, SettingsError
from data_bank_api.tracing import exporting

KEY = {"API_UPLOAD_KEYS": "k1"}
NO_ORIGIN = "must be origins such as https://app.example.org, or * for every one"


def test_only_the_upload_keys_are_required() -> None:
    settings = Settings.read(KEY)
    assert settings.data_root == Path("/data/files")
    assert settings.state_root == Path("/data/files/state")
    assert (settings.host, settings.port, settings.server, settings.workers) == (
        "::",
        8000,
        "uvicorn",
        1,
    )
    assert (settings.min_free_bytes, settings.max_file_bytes) == (10**9, 0)
    assert not settings.is_delete_strict


def test_without_upload_keys_the_service_does_not_start() -> None:
    with pytest.raises(SettingsError, match=r"^API_UPLOAD_KEYS is required: keys that may upload"):
        Settings.read({})


def test_read_and_delete_keys_are_the_upload_keys_unless_given() -> None:
    settings = Settings.read({"API_UPLOAD_KEYS": "a, b,", "API_READ_KEYS": "r"})
    assert settings.upload_keys == settings.delete_keys == (digest("a"), digest("b"))
    assert settings.read_keys == (digest("r"),)


def test_a_key_is_kept_nowhere() -> None:
    settings = Settings.read({"API_UPLOAD_KEYS": "sesame"})
    assert "sesame" not in repr(settings)
    assert "keys" not in repr(settings)


def test_metrics_are_public_and_of_one_process_unless_said() -> None:
    settings = Settings.read(KEY)
    assert (settings.metrics_keys, settings.metrics_folder) == ((), None)
    given = {**KEY, "METRICS_KEY": "m", "PROMETHEUS_MULTIPROC_DIR": "/run/figures"}
    settings = Settings.read(given)
    assert settings.metrics_keys == (digest("m"),)
    assert settings.metrics_folder == Path("/run/figures")


def test_an_empty_variable_means_its_default() -> None:
    assert Settings.read({**KEY, "PORT": " ", "API_READ_KEYS": ""}).port == 8000


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("PORT", "80a", "must be a whole number"),
        ("PORT", "65536", "must be from 0 to 65535"),
        ("PORT", "1_0", "must be a whole number"),
        ("PORT", "٣", "must be a whole number"),
        ("MAX_FILE_BYTES", "9" * 30, "must be a whole number"),
        ("MIN_FREE_GB", "nan", "must be a number from 0 to 1e+09"),
        ("MIN_FREE_GB", "-1", "must be a number from 0 to 1e+09"),
        ("MIN_FREE_GB", "much", "must be a number from 0 to 1e+09"),
        ("SERVER", "gunicorn", "must be one of uvicorn, hypercorn"),
        ("DELETE_STRICT_404", "maybe", "must be true or false"),
        ("REDIS_URL", "localhost:6379", "must begin with redis://, rediss:// or unix://"),
        ("REDIS_URL", "redis://:half/of-it@host", "cannot be read as an address"),
        ("DATABASE_URL", "mysql://host/name", "must begin with sqlite:/// or postgresql://"),
        ("API_READ_KEYS", ", ,", "holds no key"),
        ("API_DELETE_KEYS", "two words", "a key may hold visible ASCII characters only"),
        ("WORKERS", "0", "must be from 1 to 64"),
        ("HF_ENDPOINT", "huggingface.co", "must begin with http:// or https://"),
        ("HF_TOKEN", "hf_two words", "a token may hold visible ASCII characters only"),
        ("HUB_HOSTS", "cdn.example.org,", "must be hosts such as cdn.example.org or *.example.org"),
        ("CORS_ORIGINS", "app.example.org", NO_ORIGIN),
        ("CORS_ORIGINS", "https://app.example.org/", NO_ORIGIN),
        ("CORS_ORIGINS", "https://app.example.org,", NO_ORIGIN),
        ("CORS_ORIGINS", "https://*.example.org", NO_ORIGIN),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must begin with http:// or https://"),
        ("HUB_HOSTS", "https://cdn", "must be hosts such as cdn.example.org or *.example.org"),
        ("SCAN_ROOTS", "models", "must be absolute folders, separated by colons"),
        ("SCAN_ROOTS", "/srv/models:", "must be absolute folders, separated by colons"),
        ("SCAN_ROOTS", "/srv/../etc", "must be absolute folders, separated by colons"),
        ("SCAN_ROOTS", "/srv:/", "must not be all of the disk"),
    ],
)
def test_a_wrong_value_is_told_with_its_name(name: str, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read({**KEY, name: text})
    assert str(caught.value) == f"{name}: {complaint}"


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("Yes", True), ("on", True), ("false", False), ("0", False)]
)
def test_a_flag_is_said_in_several_ways(text: str, expected: bool) -> None:
    assert Settings.read({**KEY, "DELETE_STRICT_404": text}).is_delete_strict is expected


def test_the_state_may_live_elsewhere_and_amounts_may_be_parts() -> None:
    settings = Settings.read({**KEY, "STATE_ROOT": "/var/bank", "MIN_FREE_GB": "0.5"})
    assert settings.state_root == Path("/var/bank")
    assert settings.min_free_bytes == 5 * 10**8


def test_the_hub_is_the_public_one_and_asked_by_nobody_in_particular_unless_said() -> None:
    settings = Settings.read(KEY)
    assert (settings.hub_endpoint, settings.hub_token) == ("https://huggingface.co", None)
    assert (settings.hub_hosts, settings.hub_files, settings.hub_byte_budget) == ((), 8, 2**26)
    given = Settings.read({**KEY, "HUB_HOSTS": "CDN.example.org, *.store.example.org,10.0.0.1"})
    assert given.hub_hosts == ("cdn.example.org", "*.store.example.org", "10.0.0.1")


def test_what_a_report_may_take_is_said_in_large_units() -> None:
    usual = Settings.read(KEY)
    assert (usual.report_memory_bytes, usual.report_seconds) == (256 << 20, 3600)
    given = {"REPORT_MEMORY_MB": "512", "REPORT_DISK_GB": "1.5", "REPORT_SECONDS": "60"}
    settings = Settings.read({**KEY, **given})
    assert (settings.report_memory_bytes, settings.report_seconds) == (512 << 20, 60)
    assert settings.report_disk_bytes == 15 * 10**8


def test_no_folder_is_scanned_unless_said() -> None:
    assert Settings.read(KEY).scan_roots == ()
    given = Settings.read({**KEY, "SCAN_ROOTS": "/srv/models/: /data"})
    assert given.scan_roots == (Path("/srv/models"), Path("/data"))


def test_the_token_of_the_hub_has_two_names_and_is_not_shown() -> None:
    assert Settings.read({**KEY, "HF_API_TOKEN": "hf_other"}).hub_token == "hf_other"
    settings = Settings.read({**KEY, "HF_API_TOKEN": "hf_other", "HF_TOKEN": "hf_secret"})
    assert settings.hub_token == "hf_secret"
    assert "hf_" not in repr(settings)


def test_every_setting_is_a_line_of_the_table_once() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(names) == len(set(names)) == 41
    assert all(setting.says for setting in SETTINGS)


def digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def test_no_other_site_may_call_from_a_browser_unless_said() -> None:
    assert Settings.read(KEY).cors_origins == ()
    given = Settings.read({**KEY, "CORS_ORIGINS": "https://a.example.org, http://[::1]:3000"})
    assert given.cors_origins == ("https://a.example.org", "http://[::1]:3000")


def test_traces_are_sent_nowhere_unless_said_and_the_address_is_not_shown() -> None:
    assert Settings.read(KEY).traces_endpoint is None
    given = {**KEY, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:sesame@collector:4318"}
    settings = Settings.read(given)
    assert settings.traces_endpoint == "http://user:sesame@collector:4318"
    assert "sesame" not in repr(settings)


def test_traces_that_cannot_be_sent_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the service was installed without what they need."""
    monkeypatch.setattr(exporting, "_NEEDED", "nobody.has.this")
    told = (
        r"^OTEL_EXPORTER_OTLP_ENDPOINT: traces need what pip install 'data-bank\[traces\]' brings$"
    )
    with pytest.raises(SettingsError, match=told):
        Settings.read({**KEY, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"})
