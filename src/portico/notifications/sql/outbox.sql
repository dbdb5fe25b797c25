-- Writing to staff's list and to the outbox from any scope of the organisation, a customer's included: a customer may
-- cause a notification and an e-mail, but sees neither the notifications, nor the outbox, nor who works there.
-- SECURITY DEFINER with the organisation taken from the scope, so nothing can be written into another one.
-- Each migration that changes something here runs the whole file; the first may name what only a later one makes.
SET LOCAL check_function_bodies = off;

CREATE OR REPLACE FUNCTION notifications_tell_staff(
  the_id uuid, the_moment timestamptz, the_event text, the_title text, the_body text, the_customer uuid,
  the_kind text, the_document uuid, the_text text
) RETURNS SETOF uuid LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH wishes AS (
    SELECT notify_staff_in_app AS in_app, notify_staff_by_email AS by_email
      FROM organisations_preferences WHERE organisation_id = portico_organisation()
  ), noted AS (
    INSERT INTO notifications_notification
      (id, organisation_id, at, event, title, body, customer_id, document_kind, document_id)
    SELECT the_id, portico_organisation(), the_moment, the_event, the_title, the_body,
           (SELECT id FROM customers_customer
             WHERE id = the_customer AND organisation_id = portico_organisation()),
           the_kind, the_document
      FROM wishes WHERE in_app
  )
  INSERT INTO notifications_mail
    (id, organisation_id, key, "to", subject, text, html, language, event, attachment_kind, created_at, failure)
  SELECT gen_random_uuid(), portico_organisation(), 'staff:' || the_id, u.email, the_title, the_text, '', '', '', '',
         the_moment, ''
    FROM wishes, organisations_staffmember s JOIN access_user u ON u.id = s.user_id
   WHERE by_email AND s.organisation_id = portico_organisation() AND s.is_active AND s.wants_email AND u.is_active
  RETURNING id
$$;

DROP FUNCTION IF EXISTS notifications_queue_mail(
  uuid, timestamptz, text, text, text, text, text, text, uuid
);
CREATE OR REPLACE FUNCTION notifications_queue_mail(
  the_id uuid, the_moment timestamptz, the_key text, the_recipient text, the_subject text, the_text text,
  the_html text, the_language text, the_event text, the_person uuid, the_kind text, the_document uuid
) RETURNS SETOF uuid LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO notifications_mail
    (id, organisation_id, key, "to", subject, text, html, language, event, person_id, attachment_kind,
     attachment_id, created_at, failure)
  VALUES (the_id, portico_organisation(), the_key, the_recipient, the_subject, the_text, the_html, the_language,
          the_event, the_person, the_kind, the_document, the_moment, '')
  ON CONFLICT (organisation_id, key, "to") DO NOTHING
  RETURNING id
$$;
