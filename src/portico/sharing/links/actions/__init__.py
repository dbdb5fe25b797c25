"""What happens to public links: made, sent, revoked; and the address they were sent to is confirmed."""

from portico.sharing.links.actions.confirm import confirm_address, send_code
from portico.sharing.links.actions.make import make_link, revoke_link, send_link

__all__ = ["confirm_address", "make_link", "revoke_link", "send_code", "send_link"]
