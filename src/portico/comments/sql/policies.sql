-- What the wall of each table leaves open, closed for customers: internal and hidden comments are not there, nobody
-- writes in another's name, and what was written is neither changed nor taken away. A review is its writer's alone.
-- Restrictive: these narrow the policy portico_wall, which access/walls.py derives from the models.
DROP POLICY IF EXISTS comments_seen_in_portal ON comments_comment;
CREATE POLICY comments_seen_in_portal ON comments_comment AS RESTRICTIVE FOR SELECT
  USING (portico_customer() IS NULL OR (in_portal AND hidden_at IS NULL));

DROP POLICY IF EXISTS comments_own_words ON comments_comment;
CREATE POLICY comments_own_words ON comments_comment AS RESTRICTIVE FOR INSERT
  WITH CHECK (portico_customer() IS NULL
              OR (in_portal AND hidden_at IS NULL AND staff_member_id IS NULL
                  AND contact_person_id = portico_contact()));

DROP POLICY IF EXISTS comments_not_changed ON comments_comment;
CREATE POLICY comments_not_changed ON comments_comment AS RESTRICTIVE FOR UPDATE
  USING (portico_customer() IS NULL);

DROP POLICY IF EXISTS comments_not_deleted ON comments_comment;
CREATE POLICY comments_not_deleted ON comments_comment AS RESTRICTIVE FOR DELETE
  USING (portico_customer() IS NULL);

DROP POLICY IF EXISTS reviews_of_oneself ON comments_review;
CREATE POLICY reviews_of_oneself ON comments_review AS RESTRICTIVE
  USING (portico_customer() IS NULL OR portico_contact() IS NULL OR contact_person_id = portico_contact());
