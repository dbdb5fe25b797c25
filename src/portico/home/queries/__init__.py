"""What Home shows, read at a cost that does not grow with the customer's history (S3)."""

from portico.home.queries.figures import HomeFigures, figures
from portico.home.queries.last_payment import Applied, LastPayment, last_payment
from portico.home.queries.months import Month, months
from portico.home.queries.next_to_pay import NextInvoice, next_to_pay
from portico.home.queries.page import Billing, HomePage, People, home_page, people

__all__ = [
    "Applied",
    "Billing",
    "HomeFigures",
    "HomePage",
    "LastPayment",
    "Month",
    "NextInvoice",
    "People",
    "figures",
    "home_page",
    "last_payment",
    "months",
    "next_to_pay",
    "people",
]
