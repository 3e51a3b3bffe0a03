"""The mapper: symbols into bytes and back."""

from tlsmodel.mapper.peer import Peer

__all__ = ["Peer"]
