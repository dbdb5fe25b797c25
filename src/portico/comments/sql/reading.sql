-- Who has opened a document's page has read what is written beside it: the view log's line takes the marks away, in
-- the same statement, so that no page pays another one. With the rights of whoever looks: a person's own marks.
CREATE OR REPLACE FUNCTION comments_read_by_viewing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM comments_unread
   WHERE contact_person_id = NEW.contact_person_id AND document_id = NEW.document_id;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS comments_read ON transactions_documentview;
CREATE TRIGGER comments_read AFTER INSERT ON transactions_documentview
  FOR EACH ROW WHEN (NEW.how = 'page') EXECUTE FUNCTION comments_read_by_viewing();
