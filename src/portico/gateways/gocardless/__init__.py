"""GoCardless: bank debits by ACH, SEPA and Bacs on mandates, and instant bank payments."""
