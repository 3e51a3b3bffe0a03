"""The mapper: symbols into bytes and back."""

from tlsmodel.mapper.build import APPLICATION_DATA
from tlsmodel.mapper.peer import Peer

__all__ = ["APPLICATION_DATA", "Peer"]
