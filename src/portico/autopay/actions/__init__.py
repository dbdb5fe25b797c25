"""What can be done about autopay: begin, stop, plan, charge."""

from portico.autopay.actions.charge import charge_due
from portico.autopay.actions.plan import plan_charges
from portico.autopay.actions.wish import start_autopay, stop_autopay, stop_without_method

__all__ = ["charge_due", "plan_charges", "start_autopay", "stop_autopay", "stop_without_method"]
