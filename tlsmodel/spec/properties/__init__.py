"""Properties of the model, as data."""

from __future__ import annotations

from typing import Final

from tlsmodel.spec.properties import contract, order, pairs
from tlsmodel.spec.properties.property import Property, Scope

PROPERTIES: Final[dict[str, Property]] = {
    item.name: item for item in (*order.PROPERTIES, *contract.PROPERTIES, *pairs.PROPERTIES)
}
"""Every property, by name."""

__all__ = ["PROPERTIES", "Property", "Scope"]
