"""Frozen dataclasses that cost no more to make than others.

The guard of `dataclasses.dataclass(frozen=True)` sees every assignment at run time, those of the generated
`__init__` among them, which took a tenth of a handshake.  Here it is the type checker alone that keeps
instances frozen; to it this decorator is that of the standard library.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Any:
        """Return the decorator for classes that assign nothing after `__init__`, and so may be hashed."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)
