-- A payout is the sum of its lines, and its lines are in its currency: checked when the transaction commits.
CREATE FUNCTION payouts_lines_add_up() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  the_payout uuid;
  said record;
  found record;
BEGIN
  IF TG_TABLE_NAME = 'payouts_payout' THEN
    the_payout := NEW.id;
  ELSE
    the_payout := NEW.payout_id;
  END IF;
  SELECT gross, fee, amount, currency INTO said FROM payouts_payout WHERE id = the_payout;
  SELECT coalesce(sum(gross), 0) AS gross, coalesce(sum(fee), 0) AS fee, coalesce(sum(net), 0) AS net,
         count(*) FILTER (WHERE currency <> said.currency) AS others
    INTO found FROM payouts_payoutline WHERE payout_id = the_payout;
  IF said.gross <> found.gross OR said.fee <> found.fee OR said.amount <> found.net OR found.others > 0 THEN
    RAISE EXCEPTION 'payout % is not the sum of its lines', the_payout
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_is_its_lines';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER payouts_payout_is_its_lines AFTER INSERT OR UPDATE ON payouts_payout
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_lines_add_up();
CREATE CONSTRAINT TRIGGER payouts_payoutline_adds_up AFTER INSERT OR UPDATE ON payouts_payoutline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_lines_add_up();
