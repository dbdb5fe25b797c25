"""Sales orders: what was ordered, and how far it has been invoiced, shipped and paid."""
