-- Counts and sums of a customer's invoices, kept in the transaction that changes an invoice, so that a list knows
-- its length and Home its ageing without reading the invoices. Rows are taken in key order: no deadlock.
-- SECURITY DEFINER because nobody but these triggers may write the tallies.
CREATE TYPE invoices_change AS (
  organisation_id uuid, customer_id uuid, currency text, status text, due_date date, balance numeric, sign int
);

CREATE FUNCTION invoices_add_to_tallies(changes invoices_change[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO invoices_statustally AS t (id, organisation_id, customer_id, currency, status, count)
  SELECT gen_random_uuid(), organisation_id, customer_id, currency, status, sum(sign)
    FROM unnest(changes) GROUP BY organisation_id, customer_id, currency, status
  HAVING sum(sign) <> 0 ORDER BY customer_id, currency, status
  ON CONFLICT (customer_id, currency, status) DO UPDATE SET count = t.count + excluded.count;

  INSERT INTO invoices_duetally AS t (id, organisation_id, customer_id, currency, due_date, count, balance)
  SELECT gen_random_uuid(), organisation_id, customer_id, currency, due_date, sum(sign), sum(sign * balance)
    FROM unnest(changes) WHERE balance > 0
   GROUP BY organisation_id, customer_id, currency, due_date
  HAVING sum(sign) <> 0 OR sum(sign * balance) <> 0 ORDER BY customer_id, currency, due_date
  ON CONFLICT (customer_id, currency, due_date)
  DO UPDATE SET count = t.count + excluded.count, balance = t.balance + excluded.balance;
END $$;

CREATE FUNCTION invoices_tally_insert() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM invoices_add_to_tallies(array_agg(
    ROW(organisation_id, customer_id, currency, status, due_date, balance, 1)::invoices_change)) FROM fresh;
  RETURN NULL;
END $$;

CREATE FUNCTION invoices_tally_update() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM invoices_add_to_tallies(array_agg(change)) FROM (
    SELECT ROW(organisation_id, customer_id, currency, status, due_date, balance, 1)::invoices_change AS change
      FROM fresh
    UNION ALL
    SELECT ROW(organisation_id, customer_id, currency, status, due_date, balance, -1)::invoices_change FROM stale
  ) AS both_sides;
  RETURN NULL;
END $$;

CREATE FUNCTION invoices_tally_delete() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM invoices_add_to_tallies(array_agg(
    ROW(organisation_id, customer_id, currency, status, due_date, balance, -1)::invoices_change)) FROM stale;
  RETURN NULL;
END $$;

CREATE TRIGGER invoices_tally_on_insert AFTER INSERT ON invoices_invoice
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION invoices_tally_insert();
CREATE TRIGGER invoices_tally_on_update AFTER UPDATE ON invoices_invoice
  REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION invoices_tally_update();
CREATE TRIGGER invoices_tally_on_delete AFTER DELETE ON invoices_invoice
  REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION invoices_tally_delete();
