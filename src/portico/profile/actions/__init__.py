"""What people do about their own data."""

from portico.profile.actions.details import change_details

__all__ = ["change_details"]
