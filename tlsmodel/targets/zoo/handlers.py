"""Patches of `impl`'s tables of message handlers, which most state-machine bugs come down to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from impl import ProtocolVersion, Role, receive
from impl.codec.enums import HandshakeType
from impl.step import Phase
from tlsmodel.targets.zoo.bug import entries

Handler = Callable[..., Any]


def admits(
    version: ProtocolVersion, role: Role, extra: Mapping[tuple[Phase, HandshakeType], Handler]
) -> AbstractContextManager[None]:
    """Let one version and role admit messages in phases where they have no business."""
    key = (version, role)
    return entries(receive.HANDLERS, {key: {**receive.HANDLERS[key], **extra}})
