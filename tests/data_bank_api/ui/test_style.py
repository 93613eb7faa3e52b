"""The style: whoever sees little can read it, in the light and in the dark."""

import re
from itertools import product

import pytest

from data_bank_api.ui.assets import Assets

# WCAG 2.2, 1.4.3: for text of any size.
LEAST = 4.5
INKS = ("ink", "soft", "accent", "good", "warn", "bad")
GROUNDS = ("ground", "raised", "sunken")
PAIRS = [*product(INKS, GROUNDS), ("on-accent", "accent")]


def colours() -> dict[str, tuple[str, str]]:
    [style] = [each for each in Assets.load().by_address.values() if each.name == "pages.css"]
    found = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", style.content.decode())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Relative, from 0 to 1."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
@pytest.mark.parametrize("scheme", [0, 1])
def test_every_text_stands_out_from_its_ground(ink: str, ground: str, scheme: int) -> None:
    found = colours()
    dark, light = sorted(luminance(found[name][scheme]) for name in (ink, ground))
    assert (light + 0.05) / (dark + 0.05) >= LEAST
