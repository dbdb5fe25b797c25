-- Every name a portal ever had stays its own: whoever writes an organisation, by whatever way, takes its name here,
-- and one unique index decides for names in use and former ones together.
CREATE OR REPLACE FUNCTION organisations_take_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO organisations_portalname (id, organisation_id, name, taken_at)
  VALUES (gen_random_uuid(), NEW.id, NEW.portal_name, now())
  ON CONFLICT (lower(name)) DO NOTHING;
  IF NOT EXISTS (SELECT 1 FROM organisations_portalname
                  WHERE organisation_id = NEW.id AND lower(name) = lower(NEW.portal_name)) THEN
    RAISE EXCEPTION 'the portal name % belongs to another organisation', NEW.portal_name
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'portal_name_once';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS organisations_take_name ON organisations_organisation;
CREATE TRIGGER organisations_take_name AFTER INSERT OR UPDATE OF portal_name ON organisations_organisation
  FOR EACH ROW EXECUTE FUNCTION organisations_take_name();

INSERT INTO organisations_portalname (id, organisation_id, name, taken_at)
SELECT gen_random_uuid(), id, portal_name, now() FROM organisations_organisation
ON CONFLICT (lower(name)) DO NOTHING;
