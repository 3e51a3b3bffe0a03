"""The table of scenarios reaches every phase that the implementation knows, and honest peers succeed."""

import pytest

from fuzz.scenarios import SCENARIOS
from fuzz.stage import Point, Stage, points
from impl import Config, Role, receive


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_the_honest_connection_is_made(name):
    pair = SCENARIOS[name].open()
    pair.run()

    assert pair.client.session.is_complete
    assert pair.server.session.is_complete


def test_every_phase_of_every_version_and_role_is_a_starting_point():
    reached = {(Stage(point).victim.session._memory.version, point.role, point.phase) for point in points()}
    known = {(*side, phase) for side, handlers in receive.HANDLERS.items() for phase, _ in handlers}

    assert known - reached == set()


def test_only_what_the_application_provides_may_raise():
    class Mine(Exception):
        """The application's own error."""

    def refuse(_chain, _name):
        raise Mine

    stage = Stage(Point("tls13", Role.CLIENT, 2))
    memory = stage.victim.session._memory
    changes = {name: getattr(memory.config, name) for name in Config.__dataclass_fields__}
    memory.config = Config(**{**changes, "verify_callback": refuse})
    stage.victim.wire.incoming.extend(stage.pending)

    with pytest.raises(Mine):
        stage.victim.session.handshake()
