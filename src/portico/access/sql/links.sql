-- What the policies of public links compare with: set under a link's scope only, NULL for everybody else.
CREATE OR REPLACE FUNCTION portico_document() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('portico.document', true), '')::uuid;

CREATE OR REPLACE FUNCTION portico_link() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('portico.link', true), '')::uuid;
