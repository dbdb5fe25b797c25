-- Every entry's postings add up to zero, checked when the transaction commits.
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  off_by numeric;
BEGIN
  SELECT coalesce(sum(amount), 0) INTO off_by FROM ledger_posting WHERE entry_id = NEW.entry_id;
  IF off_by <> 0 THEN
    RAISE EXCEPTION 'ledger entry % does not balance: off by %', NEW.entry_id, off_by
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();

-- A posting says again what its entry says, so that a statement reads one table; it may not say something else.
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_facts UNIQUE (id, customer_id, currency, kind, day);
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_repeats_entry
  FOREIGN KEY (entry_id, customer_id, currency, kind, day)
  REFERENCES ledger_entry (id, customer_id, currency, kind, day);

-- Balances and periods are kept in the transaction that posts. Rows are taken in key order: no deadlock.
-- SECURITY DEFINER because nobody but this trigger may write the sums.
CREATE FUNCTION ledger_keep_sums() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO ledger_balance AS b (id, organisation_id, customer_id, currency, account, amount)
  SELECT gen_random_uuid(), organisation_id, customer_id, currency, account, sum(amount)
    FROM fresh GROUP BY organisation_id, customer_id, currency, account
   ORDER BY customer_id, currency, account
  ON CONFLICT (customer_id, currency, account) DO UPDATE SET amount = b.amount + excluded.amount;

  INSERT INTO ledger_period AS p (id, organisation_id, customer_id, currency, account, kind, month, amount)
  SELECT gen_random_uuid(), organisation_id, customer_id, currency, account, kind,
         date_trunc('month', day)::date, sum(amount)
    FROM fresh GROUP BY organisation_id, customer_id, currency, account, kind, date_trunc('month', day)
   ORDER BY customer_id, currency, account, kind, date_trunc('month', day)
  ON CONFLICT (customer_id, currency, account, month, kind) DO UPDATE SET amount = p.amount + excluded.amount;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_posting_sums AFTER INSERT ON ledger_posting
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_keep_sums();
