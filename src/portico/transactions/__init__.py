"""What all documents share: totals, numbers, history, views, the paper they are printed on."""
