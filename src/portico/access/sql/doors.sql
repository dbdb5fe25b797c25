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

CREATE OR REPLACE FUNCTION door_sign_up(the_email text)
RETURNS TABLE (person_id uuid, organisation_id uuid, portal_state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.organisation_id, p.portal_state
    FROM customers_contactperson p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN organisations_preferences f ON f.organisation_id = p.organisation_id
   WHERE lower(p.email) = lower(the_email) AND the_email <> '' AND p.removed_at IS NULL AND c.is_active
     -- Who may do nothing, such as somebody a document was forwarded to, comes in by an invitation only.
     AND (p.portal_state IN ('invited', 'active') OR p.portal_state = 'not_invited'
          AND (p.can_view_orders OR p.can_view_billing OR p.can_pay OR p.can_manage_profile))
     AND f.allow_sign_up
   ORDER BY p.organisation_id, p.id
$$;

CREATE OR REPLACE FUNCTION door_sign_up_open(the_organisation uuid)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM organisations_preferences
                  WHERE allow_sign_up AND (the_organisation IS NULL OR organisation_id = the_organisation))
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

-- A public link that is open at the moment given: not revoked, not expired, its customer not closed, and its reader
-- nobody whose access there was ended, or who was removed, since it was made, nor erased (profile/traces.py).
CREATE OR REPLACE FUNCTION door_link(the_token_hash text, the_moment timestamptz)
RETURNS TABLE (id uuid, organisation_id uuid, customer_id uuid, document_kind text, document_id uuid, email text,
               may_pay boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.organisation_id, l.customer_id, l.document_kind, l.document_id, l.email, l.may_pay
    FROM links_publiclink l JOIN customers_customer c ON c.id = l.customer_id
   WHERE l.token_hash = the_token_hash AND l.revoked_at IS NULL AND l.expires_at > the_moment AND c.is_active
     AND l.email NOT LIKE '%@erased.invalid'
     AND NOT EXISTS (SELECT FROM customers_detailchange d
                      WHERE d.customer_id = l.customer_id AND d.at > l.created_at
                        AND (d.event = 'removed' AND lower(d.changes -> 'email' ->> 0) = lower(l.email)
                             OR d.event = 'revoked' AND EXISTS (
                               SELECT FROM customers_contactperson p
                                WHERE p.id = d.subject_id AND lower(p.email) = lower(l.email))))
$$;

CREATE OR REPLACE FUNCTION door_invitation(the_token_hash text)
RETURNS TABLE (person_id uuid, organisation_id uuid, customer_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, organisation_id, customer_id FROM customers_contactperson
   WHERE invitation_token_hash = the_token_hash AND the_token_hash <> '' AND portal_state = 'invited'
$$;

-- The sign-in page's brand: by an own domain that was checked, by a name in use or a former one; by nothing, where
-- the installation has one organisation only.
DROP FUNCTION IF EXISTS door_brand(text);
CREATE OR REPLACE FUNCTION door_portal(the_domain text, the_name text)
RETURNS TABLE (organisation_id uuid, name text, portal_name text, own_domain text, accent_colour text, email text,
               language text, has_logo boolean, is_former boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id, o.name, o.portal_name, CASE WHEN o.own_domain_checked_at IS NULL THEN '' ELSE o.own_domain END,
         o.accent_colour, o.email, o.language, o.logo_type <> '',
         the_name <> '' AND lower(o.portal_name) <> lower(the_name)
    FROM organisations_organisation o
   WHERE (the_domain <> '' AND lower(o.own_domain) = lower(the_domain) AND o.own_domain_checked_at IS NOT NULL)
      OR (the_name <> '' AND o.id = (SELECT n.organisation_id FROM organisations_portalname n
                                      WHERE lower(n.name) = lower(the_name)))
      OR (the_domain = '' AND the_name = '' AND (SELECT count(*) FROM organisations_organisation) = 1)
   LIMIT 1
$$;

CREATE OR REPLACE FUNCTION door_logo(the_organisation uuid)
RETURNS TABLE (logo bytea, logo_type text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT logo, logo_type FROM organisations_organisation WHERE id = the_organisation AND logo_type <> ''
$$;

CREATE OR REPLACE FUNCTION door_second_factor()
RETURNS TABLE (organisation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT organisation_id FROM organisations_preferences WHERE require_second_factor
$$;
