"""Many customers who pay in every way while a fifth of what happens goes wrong; afterwards books and providers agree.

The wishes and the faults are drawn from a seed, so that a run can be had again; how threads interleave cannot.
"""

from portico.testing.simulation.run import EXPECTED, Simulation
from portico.testing.simulation.stage import Outcome, Provider, Stage, make_stage

__all__ = ["EXPECTED", "Outcome", "Provider", "Simulation", "Stage", "make_stage"]
