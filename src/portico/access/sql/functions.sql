-- What the policies compare with. Not set means NULL, and nothing equals NULL: no scope, no rows.
CREATE OR REPLACE FUNCTION portico_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('portico.organisation', true), '')::uuid;

CREATE OR REPLACE FUNCTION portico_customer() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('portico.customer', true), '')::uuid;

CREATE OR REPLACE FUNCTION portico_contact() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('portico.contact', true), '')::uuid;

CREATE OR REPLACE FUNCTION portico_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
