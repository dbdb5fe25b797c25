-- The bank's store. Amounts are integer minor units, times are milliseconds since 1970 in UTC.

CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  publishable_key TEXT NOT NULL UNIQUE,
  secret_key TEXT NOT NULL UNIQUE,
  webhook_secret TEXT NOT NULL,
  webhook_url TEXT NOT NULL,
  parent_origins TEXT NOT NULL,
  settlement_ms INTEGER NOT NULL CHECK (settlement_ms >= 0),
  faults TEXT NOT NULL DEFAULT '{}',
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS methods (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES accounts (id),
  customer_reference TEXT NOT NULL,
  instrument TEXT NOT NULL,
  created INTEGER NOT NULL,
  deleted INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS methods_of_customer ON methods (account, customer_reference, position);

CREATE TABLE IF NOT EXISTS payments (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES accounts (id),
  status TEXT NOT NULL CHECK (status IN
    ('created', 'requires_action', 'processing', 'succeeded', 'failed', 'cancelled', 'returned')),
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 99999999999),
  currency TEXT NOT NULL,
  reference TEXT NOT NULL,
  description TEXT NOT NULL,
  return_url TEXT NOT NULL,
  customer_reference TEXT NOT NULL,
  save_method INTEGER NOT NULL,
  method TEXT REFERENCES methods (id),
  instrument TEXT,
  challenge TEXT UNIQUE,
  failure_code TEXT,
  failure_message TEXT,
  amount_refunded INTEGER NOT NULL DEFAULT 0 CHECK (amount_refunded BETWEEN 0 AND amount),
  due INTEGER,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  amount_disputed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS payments_of_account ON payments (account, position);
CREATE INDEX IF NOT EXISTS payments_by_reference ON payments (account, reference, position);
CREATE INDEX IF NOT EXISTS payments_due ON payments (due) WHERE due IS NOT NULL;

CREATE TRIGGER IF NOT EXISTS final_stays_final BEFORE UPDATE OF status ON payments
WHEN OLD.status IN ('failed', 'cancelled', 'returned') AND NEW.status <> OLD.status
BEGIN SELECT RAISE(ABORT, 'a final payment does not move'); END;

-- Money that moved. The key is the payment: the store itself refuses to charge one twice.
CREATE TABLE IF NOT EXISTS charges (
  payment TEXT PRIMARY KEY REFERENCES payments (id),
  amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  charged INTEGER NOT NULL,
  returned INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS tokens (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  instrument TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  spent INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS refunds (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  payment TEXT NOT NULL REFERENCES payments (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  reference TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_of_payment ON refunds (payment, position);

CREATE TABLE IF NOT EXISTS disputes (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  payment TEXT NOT NULL REFERENCES payments (id),
  status TEXT NOT NULL CHECK (status IN ('open', 'won', 'lost')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  evidence_due INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS disputes_of_payment ON disputes (payment, position);

CREATE TABLE IF NOT EXISTS payouts (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES accounts (id),
  amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payouts_of_account ON payouts (account, position);

-- Each movement of money is paid out once: the key is what it is, and which.
CREATE TABLE IF NOT EXISTS payout_lines (
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  payout TEXT NOT NULL REFERENCES payouts (id),
  payment TEXT NOT NULL REFERENCES payments (id),
  gross INTEGER NOT NULL,
  fee INTEGER NOT NULL,
  PRIMARY KEY (kind, source)
) STRICT;
CREATE INDEX IF NOT EXISTS payout_lines_of_payout ON payout_lines (payout);

CREATE TABLE IF NOT EXISTS answers (
  account TEXT NOT NULL REFERENCES accounts (id),
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT;

CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES accounts (id),
  type TEXT NOT NULL,
  payment TEXT NOT NULL REFERENCES payments (id),
  body TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_of_account ON events (account, position);

-- One row is one duty to deliver an event once; it stays open until a 2xx or until patience ends.
CREATE TABLE IF NOT EXISTS dispatches (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  event TEXT NOT NULL REFERENCES events (id),
  account TEXT NOT NULL REFERENCES accounts (id),
  by_hand INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'delivered', 'given_up')),
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS dispatches_open ON dispatches (account, position) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS dispatches_of_event ON dispatches (event, position);

CREATE TABLE IF NOT EXISTS deliveries (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  event TEXT NOT NULL REFERENCES events (id),
  attempt INTEGER NOT NULL,
  tried INTEGER NOT NULL,
  status INTEGER,
  error TEXT NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event, position);
