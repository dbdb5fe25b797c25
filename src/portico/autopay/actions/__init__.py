"""What can be done about autopay: begin, change, stop, plan, charge."""

from portico.autopay.actions.charge import charge_due
from portico.autopay.actions.plan import plan_charges
from portico.autopay.actions.wish import change_autopay, start_autopay, stop_autopay, stop_without_method

__all__ = [
    "change_autopay",
    "charge_due",
    "plan_charges",
    "start_autopay",
    "stop_autopay",
    "stop_without_method",
]
