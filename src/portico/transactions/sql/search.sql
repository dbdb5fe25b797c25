-- Searching in documents: what is written on each, as words, beside it and apart from it, kept by triggers.
-- Row-level security lets no index answer @@, because that operator may leak; so the two doors below look past the
-- policies, and name the customer themselves. src/portico/transactions/searching.py makes the triggers of each kind.

-- A text as its words: small letters without accents, signs as blanks, letters apart from digits, and each sign of a
-- script that is written without blanks (Thai, Lao, Burmese, Khmer, kana, Han) a word of its own.
CREATE OR REPLACE FUNCTION search_plain(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  plain text := lower(left(given, 150000));  -- a tsvector holds one megabyte
BEGIN
  IF octet_length(plain) <> length(plain) THEN
    plain := lower(regexp_replace(normalize(plain, NFKD), '[\u0300-\u036F\u3099\u309A]', '', 'g'));
    plain := regexp_replace(plain, '[\u0080-\u00BF\u2000-\u206F\u3000-\u303F]', ' ', 'g');
    plain := regexp_replace(
      plain, '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u3400-\u4DBF\u4E00-\u9FFF])', ' \1 ', 'g');
  END IF;
  plain := translate(plain, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\x0b\x0c', repeat(' ', 37));
  plain := regexp_replace(plain, '(?<=[^\s\d])(?=\d)|(?<=\d)(?=[^\s\d])', ' ', 'g');
  RETURN btrim(regexp_replace(plain, '\s+', ' ', 'g'));
END $$;

-- What each word of a customer's documents of one kind begins with, so that the index finds these and reads no others.
-- Letters only, or PostgreSQL would take the word apart.
CREATE OR REPLACE FUNCTION search_key(customer uuid, kind text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(right(customer::text, 10) || left(md5(kind), 3), '0123456789', 'ghijklmnop');

CREATE OR REPLACE FUNCTION search_keyed(key text, given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN given = '' THEN '' ELSE key || replace(given, ' ', ' ' || key) END;

CREATE OR REPLACE FUNCTION search_words(customer uuid, kind text, given text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('simple', search_keyed(search_key(customer, kind), search_plain(given)));

-- What somebody typed, as a query: every part that blanks divide must be there, its words side by side, the last one
-- as the beginning of a word. “inv-00 hos” finds INV-0042 with a garden hose. NULL when it holds no word at all.
CREATE OR REPLACE FUNCTION search_query(customer uuid, kind text, given text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  key text := search_key(customer, kind);
  part text;
  side_by_side text;
  whole text;
BEGIN
  FOREACH part IN ARRAY regexp_split_to_array(btrim(given), '\s+') LOOP
    side_by_side := phraseto_tsquery('simple', search_keyed(key, search_plain(part)))::text;
    IF side_by_side = '' THEN CONTINUE; END IF;
    -- A sign that is no part of any word, such as an emoji, leaves the key alone: nothing can be found by it.
    IF strpos(side_by_side, '''' || key || '''') > 0 THEN RETURN NULL; END IF;
    whole := concat_ws(' & ', whole, '(' || side_by_side || ':*)');
  END LOOP;
  RETURN whole::tsquery;
END $$;

-- Door: which documents of one kind the scope's customer has with what was typed, and the query for search_matches().
-- The ids are NULL where they are more than a quarter of a sample spread over all, or more than `most`: then walking
-- along the list's own order is quicker than collecting them.
CREATE OR REPLACE FUNCTION search_documents(the_kind text, given text, most int, OUT ids uuid[], OUT query text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  organisation uuid := portico_organisation();
  customer uuid := portico_customer();
  wanted tsquery;
  looked_at int;
  hits int;
BEGIN
  ids := '{}';
  IF organisation IS NULL OR customer IS NULL THEN RETURN; END IF;
  wanted := search_query(customer, the_kind, given);
  IF wanted IS NULL THEN RETURN; END IF;
  query := wanted::text;
  SELECT count(*), count(*) FILTER (WHERE sample.words @@ wanted) INTO looked_at, hits FROM (
    SELECT t.words FROM transactions_searchtext t
     WHERE t.customer_id = customer AND t.kind = the_kind ORDER BY t.spread LIMIT 200) sample;
  IF looked_at = 200 AND hits > 50 THEN ids := NULL; RETURN; END IF;
  WITH found AS MATERIALIZED (
    SELECT t.id, t.organisation_id, t.customer_id, t.kind FROM transactions_searchtext t WHERE t.words @@ wanted)
  SELECT coalesce(array_agg(few.id), '{}') INTO ids FROM (
    SELECT f.id FROM found f
     WHERE f.organisation_id = organisation AND f.customer_id = customer AND f.kind = the_kind
     LIMIT most + 1) few;
  IF cardinality(ids) > most THEN ids := NULL; END IF;
END $$;

-- Door: whether one document of the scope's customer has what search_documents() was asked for.
CREATE OR REPLACE FUNCTION search_matches(document uuid, wanted tsquery) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER COST 1000 SET search_path = public, pg_temp
RETURN coalesce(
  (SELECT t.words @@ wanted FROM transactions_searchtext t
    WHERE t.id = document AND t.customer_id = portico_customer() AND t.organisation_id = portico_organisation()),
  false);
