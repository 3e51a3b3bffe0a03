"""The README's pictures are there, and show what the system's libgnutls does."""

import struct

import pytest

from tests.browser.portrait import CHART, HEIGHT, IMAGES, SHARPNESS, THEMES, WIDTH, direction_chart
from tlsmodel.draw.svg import texts


def test_the_chart_in_the_readme_is_what_libgnutls_does():
    committed = IMAGES.joinpath(CHART).read_text("utf-8")

    assert texts(committed) == texts(direction_chart()), "run `python -m tests.browser.portrait`"
    assert "The last step departs from the model." in committed


@pytest.mark.parametrize("name", THEMES.values())
def test_the_explorer_in_the_readme_is_a_picture_of_its_size(name):
    head = IMAGES.joinpath(name).read_bytes()[:24]

    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:]) == (WIDTH * SHARPNESS, HEIGHT * SHARPNESS)


def test_nothing_else_lies_among_the_images():
    assert {path.name for path in IMAGES.iterdir()} == {CHART, *THEMES.values()}
