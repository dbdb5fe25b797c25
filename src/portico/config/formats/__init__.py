"""How dates are written where the office leaves it to Django: as on the portal's pages."""
