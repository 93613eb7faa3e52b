"""The real client of the Hub, as the judge of who stands in for it: it keeps to a folder of its own
and asks nobody else.

It reads its settings when it is imported, so tests import it where they use it, after this fixture:

    def test_...(judge: Judge, stand_in_hub: StandInHub) -> None:
        judge.api(stand_in_hub.endpoint, stand_in_hub.token).model_info("org/model")
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from huggingface_hub import HfApi

# Nothing listens there: what is not told where the Hub is fails.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Judge:
    """`cache` is an empty folder, for the files that the client gets."""

    cache: Path

    def api(self, endpoint: str, token: str | None = None) -> "HfApi":
        from huggingface_hub import HfApi

        return HfApi(endpoint=endpoint, token=token or False)


@pytest.fixture(scope="session")
def _settings_of_judge(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {
        "HF_HOME": str(tmp_path_factory.mktemp("hf-home")),
        "HF_ENDPOINT": NOWHERE,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        import huggingface_hub.constants

        assert huggingface_hub.constants.ENDPOINT == NOWHERE, "it was imported before"


@pytest.fixture
def judge(_settings_of_judge: None, tmp_path: Path) -> Judge:
    return Judge(tmp_path / "hf-cache")
