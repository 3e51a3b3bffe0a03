"""A TLS peer without a state machine, which turns symbols into bytes and names what comes back."""

from tlsmodel.mapper.build import APPLICATION_DATA, BUILDS
from tlsmodel.mapper.peer import Peer
from tlsmodel.mapper.profile import SETTINGS
from tlsmodel.mapper.saved import Saved

__all__ = ["APPLICATION_DATA", "BUILDS", "SETTINGS", "Peer", "Saved"]
