"""Without the notebook's packages the stepper says what to install."""

import subprocess
import sys

WITHOUT = "import sys; sys.modules['anywidget'] = None; from tlsmodel.draw.widget import Stepper"


def test_the_stepper_says_which_extra_it_needs():
    finished = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=60, check=False
    )

    last = finished.stderr.splitlines()[-1]
    assert last == "ModuleNotFoundError: the stepper needs anywidget: pip install 'tlsmodel[notebook]'"
