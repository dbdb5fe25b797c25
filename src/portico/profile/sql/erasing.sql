-- The audit trail only grows. The one exception is made here, for the right to be forgotten: names and addresses of a
-- person go, what was done and when stays. The application has no right to change the table; this function does it as
-- the owner, within the organisation of the scope, and never for what is about money, which tax law keeps.
CREATE OR REPLACE FUNCTION portico_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'access_auditrecord' AND TG_OP = 'UPDATE'
     AND current_setting('portico.erasing', true) = 'yes' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION profile_erase_audit(
  the_person uuid, the_address text, the_name text, no_address text, no_name text
) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE changed integer;
BEGIN
  IF portico_organisation() IS NULL OR portico_customer() IS NOT NULL THEN
    RAISE EXCEPTION 'only staff erase' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('portico.erasing', 'yes', true);
  UPDATE access_auditrecord SET
    actor_name = CASE WHEN actor_id = the_person THEN no_name ELSE actor_name END,
    summary = CASE WHEN object_id = the_person THEN ''
                   ELSE regexp_replace(regexp_replace(summary, the_address, no_address, 'gi'), the_name, no_name, 'g') END,
    changes = CASE WHEN object_id = the_person THEN '{}'::jsonb
                   ELSE regexp_replace(regexp_replace(changes::text, the_address, no_address, 'gi'),
                                       the_name, no_name, 'g')::jsonb END
  WHERE organisation_id = portico_organisation()
    AND split_part(object_kind, '.', 1) NOT IN
        ('payments', 'invoices', 'credit_notes', 'retainers', 'ledger', 'sales_orders', 'gateways')
    AND (actor_id = the_person OR object_id = the_person OR summary ~* the_address OR summary ~ the_name
         OR changes::text ~* the_address OR changes::text ~ the_name);
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('portico.erasing', '', true);
  RETURN changed;
END $$;
