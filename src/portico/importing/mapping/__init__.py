"""The mapping: a TOML file that says which column means what."""

from portico.importing.mapping.load import load_mapping
from portico.importing.mapping.model import Mapping

__all__ = ["Mapping", "load_mapping"]
