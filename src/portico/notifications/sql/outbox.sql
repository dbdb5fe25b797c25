-- Writing to staff's list and to the outbox from any scope of the organisation, a customer's included: a customer may
-- cause a notification and an e-mail, but sees neither the notifications, nor the outbox, nor who works there.
-- SECURITY DEFINER with the organisation taken from the scope, so nothing can be written into another one.
-- Each migration that changes something here runs the whole file; the first may name what only a later one makes.
SET LOCAL check_function_bodies = off;

DROP FUNCTION IF EXISTS notifications_tell_staff(
  uuid, timestamptz, text, text, text, uuid, text, uuid, text
);
CREATE OR REPLACE FUNCTION notifications_tell_staff(
  the_id uuid, the_moment timestamptz, the_event text, the_group text, the_title text, the_body text,
  the_customer uuid, the_kind text, the_document uuid, the_text text
) RETURNS SETOF uuid LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  -- Preference 6 is the outer limit; within it each staff member chooses for each group of events.
  WITH wishes AS (
    SELECT s.id AS staff_id, u.email, u.language,
           p.notify_staff_in_app AND coalesce(c.in_app, true) AS in_app,
           CASE WHEN p.notify_staff_by_email AND s.wants_email THEN coalesce(c.mail, 'now') ELSE 'never' END AS mail
      FROM organisations_preferences p
      JOIN organisations_staffmember s ON s.organisation_id = p.organisation_id AND s.is_active
      JOIN access_user u ON u.id = s.user_id AND u.is_active
      LEFT JOIN notifications_staffchoice c ON c.staff_member_id = s.id AND c."group" = the_group
     WHERE p.organisation_id = portico_organisation()
  ), noted AS (
    INSERT INTO notifications_notification
      (id, organisation_id, at, event, title, body, customer_id, document_kind, document_id)
    SELECT the_id, portico_organisation(), the_moment, the_event, the_title, the_body,
           (SELECT id FROM customers_customer
             WHERE id = the_customer AND organisation_id = portico_organisation()),
           the_kind, the_document
     WHERE EXISTS (SELECT FROM wishes WHERE in_app OR mail = 'daily')
    RETURNING id
  ), told AS (
    INSERT INTO notifications_notice (id, organisation_id, notification_id, staff_member_id, at, in_app, in_digest)
    SELECT gen_random_uuid(), portico_organisation(), noted.id, staff_id, the_moment, in_app, mail = 'daily'
      FROM noted, wishes WHERE in_app OR mail = 'daily'
  )
  INSERT INTO notifications_mail
    (id, organisation_id, key, "to", subject, text, html, language, event, attachment_kind, created_at, failure)
  SELECT gen_random_uuid(), portico_organisation(), 'staff:' || the_id, email, the_title, the_text, '', language,
         '', '', the_moment, ''
    FROM wishes WHERE mail = 'now'
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
