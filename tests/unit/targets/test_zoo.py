"""The zoo: each seeded bug does what its title says, the implementation without it does what is right."""

import sys
from types import ModuleType

import pytest
import zoo_scenes_dtls12
import zoo_scenes_tls12
import zoo_scenes_tls13

from tlsmodel.targets.zoo import BUGS

SCENES = zoo_scenes_tls12.SCENES + zoo_scenes_tls13.SCENES + zoo_scenes_dtls12.SCENES
IDS = [
    f"{bug}-{scene.__qualname__.partition('.')[0]}-{number}" for number, (bug, scene, *_) in enumerate(SCENES)
]


@pytest.mark.parametrize("bug, scene, wrong, right", SCENES, ids=IDS)
def test_a_seeded_bug_does_what_is_wrong(bug, scene, wrong, right):
    assert wrong != right
    assert scene(bug) == wrong


@pytest.mark.parametrize("bug, scene, wrong, right", SCENES, ids=IDS)
def test_the_implementation_does_what_is_right(bug, scene, wrong, right):
    assert bug in BUGS
    assert wrong != right
    assert scene(None) == right


def test_every_seeded_bug_has_a_scene():
    assert {bug for bug, *_ in SCENES} == BUGS.keys()


def _contents():
    """Every table, class and name of the implementation's modules."""
    found = {}
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and name.partition(".")[0] == "impl":
            for key, value in vars(module).items():
                found[name, key] = dict(value) if isinstance(value, dict) else value
                if isinstance(value, type) and value.__module__ == name:
                    found[name, key] = dict(vars(value))
    return found


@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.id)
def test_a_patch_is_in_force_inside_its_block_and_gone_afterwards(bug):
    before = _contents()
    with bug.patch():
        inside = _contents()

    assert inside != before
    assert _contents() == before


@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.id)
def test_a_seeded_bug_names_its_origin_and_where_it_can_be_met(bug):
    assert bug.roles
    assert bug.versions
    assert bug.reference
    assert (
        bug.title[0].islower() or bug.title[0].isdigit() or bug.title.startswith(("AGAIN", "GOT", "Change"))
    )
