-- Doors: the only questions that can be asked before a scope is known. Each is SECURITY DEFINER, owned by the
-- owner of the tables, answers with the least that is needed to open a scope, and is listed in docs/map.md.

CREATE OR REPLACE FUNCTION door_memberships(the_user uuid)
RETURNS TABLE (kind text, id uuid, organisation_id uuid, customer_id uuid, name text, organisation_name text,
               customer_name text, permissions text[], role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'contact', p.id, p.organisation_id, p.customer_id, trim(p.first_name || ' ' || p.last_name), o.name,
         c.display_name,
         array_remove(ARRAY[CASE WHEN p.can_view_orders THEN 'view_orders' END,
                            CASE WHEN p.can_view_billing THEN 'view_billing' END,
                            CASE WHEN p.can_pay THEN 'pay' END,
                            CASE WHEN p.can_manage_profile THEN 'manage_profile' END], NULL),
         ''
    FROM customers_contactperson p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN organisations_organisation o ON o.id = p.organisation_id
   WHERE p.user_id = the_user AND p.portal_state = 'active' AND c.is_active
  UNION ALL
  SELECT 'staff', s.id, s.organisation_id, NULL, s.name, o.name, '', ARRAY[]::text[], s.role
    FROM organisations_staffmember s
    JOIN organisations_organisation o ON o.id = s.organisation_id
   WHERE s.user_id = the_user AND s.is_active
   ORDER BY 1, 6, 7
$$;

CREATE OR REPLACE FUNCTION door_organisations()
RETURNS TABLE (id uuid, portal_name text, own_domain text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, portal_name, own_domain FROM organisations_organisation ORDER BY portal_name
$$;

CREATE OR REPLACE FUNCTION door_gateway_account(the_account uuid)
RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT organisation_id FROM payments_gatewayaccount WHERE id = the_account
$$;

CREATE OR REPLACE FUNCTION door_invitation(the_token_hash text)
RETURNS TABLE (person_id uuid, organisation_id uuid, customer_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, organisation_id, customer_id FROM customers_contactperson
   WHERE invitation_token_hash = the_token_hash AND the_token_hash <> '' AND portal_state = 'invited'
$$;

CREATE OR REPLACE FUNCTION door_brand(the_host text)
RETURNS TABLE (name text, accent_colour text, email text, language text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT name, accent_colour, email, language FROM organisations_organisation
   WHERE (own_domain <> '' AND lower(own_domain) = lower(the_host))
      OR lower(portal_name) = lower(split_part(the_host, '.', 1))
      OR (SELECT count(*) FROM organisations_organisation) = 1
   ORDER BY lower(own_domain) = lower(the_host) DESC LIMIT 1
$$;
