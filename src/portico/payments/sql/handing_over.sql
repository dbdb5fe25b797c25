-- A contact person's row that is taken off its login, or given to another one, keeps no card: whoever comes next by that
-- row is somebody else (a new address, a successor). At once and by the database, because the next one may accept
-- their invitation before any job has run. A job removes the methods at their gateways, and autopay that uses one stops.
-- SECURITY DEFINER because who changes the address does not see, and may not touch, what the person has saved.
CREATE FUNCTION payments_hand_over_nothing() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE payments_savedmethod SET removed_at = now(), is_default = false
   WHERE contact_person_id = OLD.id AND removed_at IS NULL;
  UPDATE payments_methodsaving SET state = 'failed', action_url = '', waits_until = NULL
   WHERE contact_person_id = OLD.id AND state IN ('created', 'needs_action');
  -- What is on its way is still paid, and is not kept for who comes next.
  UPDATE payments_paymentattempt SET saves_method = false
   WHERE contact_person_id = OLD.id AND saves_method AND state NOT IN ('succeeded', 'failed', 'cancelled', 'returned');
  RETURN NULL;
END $$;

CREATE TRIGGER payments_hand_over_nothing AFTER UPDATE OF user_id ON customers_contactperson
FOR EACH ROW WHEN (OLD.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id)
EXECUTE FUNCTION payments_hand_over_nothing();
