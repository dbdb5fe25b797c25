-- Never more is paid back through the gateway than was charged; refunds that failed do not count.
-- The payment's row is locked, so that two refunds at once follow one another.
CREATE FUNCTION payments_refunds_within_charge() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  charged numeric;
  refunded numeric;
BEGIN
  SELECT amount INTO charged FROM payments_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount), 0) INTO refunded FROM payments_gatewayrefund
   WHERE payment_id = NEW.payment_id AND state <> 'failed';
  IF refunded > charged THEN
    RAISE EXCEPTION 'refunds of % are more than the % that were charged', refunded, charged
      USING ERRCODE = 'check_violation', CONSTRAINT = 'gateway_refunds_within_charge';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER payments_gatewayrefund_within_charge AFTER INSERT OR UPDATE OF amount, state ON payments_gatewayrefund
  FOR EACH ROW EXECUTE FUNCTION payments_refunds_within_charge();
