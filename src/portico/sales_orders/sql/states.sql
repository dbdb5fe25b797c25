-- What became of an order, worked out from its shipments and its invoices in the transaction that changes one of
-- them: the sums on its lines, and its states “invoiced”, “shipped” and “paid” (docs/decisions/0009).
-- Whoever recounts an order locks it first, orders by id, so of two who change it at once the second sees the first.
-- SECURITY DEFINER because the sums are nobody else's to write, and to spare the policies on each row.
CREATE FUNCTION sales_orders_recount(asked uuid[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF asked IS NULL THEN
    RETURN;
  END IF;
  PERFORM 1 FROM sales_orders_salesorder WHERE id = ANY (asked) ORDER BY id FOR NO KEY UPDATE;

  UPDATE sales_orders_salesorderline l
     SET packed = n.packed, shipped = n.shipped, delivered = n.delivered, returned = n.returned,
         drafted = n.drafted, invoiced = n.invoiced
    FROM (
      SELECT o.id, sent.packed, sent.shipped, sent.delivered, sent.returned, asked_for.drafted, asked_for.invoiced
        FROM sales_orders_salesorderline o
       CROSS JOIN LATERAL (
         -- A parcel that came back without having arrived is as if it had not left: its goods are to be sent again.
         SELECT coalesce(sum(x.quantity) FILTER (WHERE s.status = 'packed'), 0) AS packed,
                coalesce(sum(x.quantity) FILTER (
                  WHERE s.status IN ('shipped', 'in_transit') OR s.delivered_on IS NOT NULL), 0) AS shipped,
                coalesce(sum(x.quantity) FILTER (WHERE s.delivered_on IS NOT NULL), 0) AS delivered,
                coalesce(sum(x.returned) FILTER (WHERE s.delivered_on IS NOT NULL), 0) AS returned
           FROM sales_orders_shipmentline x JOIN sales_orders_shipment s ON s.id = x.shipment_id
          WHERE x.order_line_id = o.id) AS sent
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(k.quantity) FILTER (WHERE i.status = 'draft'), 0) AS drafted,
                coalesce(sum(k.quantity) FILTER (WHERE i.status NOT IN ('draft', 'void')), 0) AS invoiced
           FROM sales_orders_invoicedline k JOIN invoices_invoice i ON i.id = k.invoice_id
          WHERE k.order_line_id = o.id) AS asked_for
       WHERE o.document_id = ANY (asked)) AS n
   WHERE l.id = n.id
     AND (l.packed, l.shipped, l.delivered, l.returned, l.drafted, l.invoiced)
         <> (n.packed, n.shipped, n.delivered, n.returned, n.drafted, n.invoiced);

  UPDATE sales_orders_salesorder o
     SET invoiced_status = n.invoiced_status, shipped_status = n.shipped_status, paid_status = n.paid_status
    FROM (
      SELECT goods.document_id AS id, invoiced_status, shipped_status,
             CASE WHEN money.open = 0 AND invoiced_status = 'fully' THEN 'paid'
                  WHEN money.settled > 0 OR money.open = 0 THEN 'partly'
                  ELSE 'unpaid' END AS paid_status
        FROM (
          SELECT document_id,
                 CASE WHEN sum(invoiced) = 0 THEN 'not'
                      WHEN bool_and(invoiced >= quantity - cancelled) THEN 'fully'
                      ELSE 'partly' END AS invoiced_status,
                 CASE WHEN sum(shipped) = 0 THEN 'pending'
                      WHEN NOT bool_and(shipped >= quantity - cancelled) THEN 'partly'
                      WHEN bool_and(delivered >= shipped) THEN 'delivered'
                      ELSE 'shipped' END AS shipped_status
            FROM sales_orders_salesorderline WHERE document_id = ANY (asked) GROUP BY document_id) AS goods
        -- No invoice, no sum: then `open` and `settled` are null, and the order is unpaid.
       CROSS JOIN LATERAL (
         SELECT sum(i.balance) AS open, sum(i.total - i.balance) AS settled
           FROM invoices_invoice i
          WHERE i.status NOT IN ('draft', 'void')
            AND i.id IN (SELECT k.invoice_id FROM sales_orders_invoicedline k
                          WHERE k.order_id = goods.document_id AND k.quantity > 0)) AS money) AS n
   WHERE o.id = n.id
     AND (o.invoiced_status, o.shipped_status, o.paid_status)
         <> (n.invoiced_status, n.shipped_status, n.paid_status);
END $$;

-- What makes a recount necessary.
CREATE FUNCTION sales_orders_on_shipment() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_recount(array_agg(DISTINCT f.order_id)) FROM fresh f JOIN stale s USING (id)
    WHERE (f.status, f.delivered_on) IS DISTINCT FROM (s.status, s.delivered_on);
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_shipment_changed AFTER UPDATE ON sales_orders_shipment
  REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_shipment();

CREATE FUNCTION sales_orders_on_shipment_line() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_recount(array_agg(DISTINCT o.document_id))
     FROM changed c JOIN sales_orders_salesorderline o ON o.id = c.order_line_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_shipment_line_added AFTER INSERT ON sales_orders_shipmentline
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_shipment_line();
CREATE TRIGGER sales_orders_shipment_line_changed AFTER UPDATE ON sales_orders_shipmentline
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_shipment_line();
CREATE TRIGGER sales_orders_shipment_line_gone AFTER DELETE ON sales_orders_shipmentline
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_shipment_line();

CREATE FUNCTION sales_orders_on_invoiced_line() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_recount(array_agg(DISTINCT order_id)) FROM changed;
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_invoiced_line_added AFTER INSERT ON sales_orders_invoicedline
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_invoiced_line();
CREATE TRIGGER sales_orders_invoiced_line_changed AFTER UPDATE ON sales_orders_invoicedline
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_invoiced_line();
CREATE TRIGGER sales_orders_invoiced_line_gone AFTER DELETE ON sales_orders_invoicedline
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_invoiced_line();

CREATE FUNCTION sales_orders_on_line() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_recount(array_agg(DISTINCT f.document_id)) FROM fresh f JOIN stale s USING (id)
    WHERE (f.quantity, f.cancelled) <> (s.quantity, s.cancelled);
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_line_changed AFTER UPDATE ON sales_orders_salesorderline
  REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_line();

-- An invoice is issued, paid, credited, opened again or void, and knows nothing of orders.
CREATE FUNCTION sales_orders_on_invoice() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_recount(array_agg(DISTINCT k.order_id))
     FROM fresh f JOIN stale s USING (id) JOIN sales_orders_invoicedline k ON k.invoice_id = f.id
    WHERE (f.balance, f.total, f.status IN ('draft', 'void')) <> (s.balance, s.total, s.status IN ('draft', 'void'));
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_invoice_changed AFTER UPDATE ON invoices_invoice
  REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_invoice();

-- The lines of a draft that was made from an order are written anew: what of each order line does it invoice now?
-- The same item counts, or the same name where there is no item; of more than is left of the order, what is left.
CREATE FUNCTION sales_orders_on_invoice_lines() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  touched uuid[];
BEGIN
  SELECT array_agg(DISTINCT k.invoice_id) INTO touched
    FROM fresh f JOIN sales_orders_invoicedline k ON k.invoice_id = f.document_id;
  IF touched IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM sales_orders_salesorder
    WHERE id IN (SELECT order_id FROM sales_orders_invoicedline WHERE invoice_id = ANY (touched))
    ORDER BY id FOR NO KEY UPDATE;
  WITH written AS (
    SELECT document_id AS invoice_id, coalesce(item_id::text, name) AS thing, sum(quantity) AS quantity
      FROM invoices_invoiceline WHERE document_id = ANY (touched) GROUP BY 1, 2
  ), linked AS (
    SELECT k.id, k.invoice_id, coalesce(o.item_id::text, o.name) AS thing, o.document_id, o.position,
           o.quantity - o.cancelled - o.drafted - o.invoiced + k.quantity AS most
      FROM sales_orders_invoicedline k JOIN sales_orders_salesorderline o ON o.id = k.order_line_id
     WHERE k.invoice_id = ANY (touched)
  ), shared AS (
    SELECT l.id, l.most, coalesce(w.quantity, 0) - coalesce(sum(l.most) OVER (
             PARTITION BY l.invoice_id, l.thing ORDER BY l.document_id, l.position
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS remaining
      FROM linked l LEFT JOIN written w USING (invoice_id, thing)
  )
  UPDATE sales_orders_invoicedline k SET quantity = greatest(least(s.most, s.remaining), 0)
    FROM shared s WHERE s.id = k.id AND k.quantity <> greatest(least(s.most, s.remaining), 0);
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_invoice_lines_written AFTER INSERT ON invoices_invoiceline
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_on_invoice_lines();

-- Nothing but a trigger writes what triggers keep: a statement of the program itself, at depth 0, is refused.
CREATE FUNCTION sales_orders_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'sums and states of orders are written by triggers only'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER sales_orders_line_born BEFORE INSERT ON sales_orders_salesorderline FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND (NEW.packed, NEW.shipped, NEW.delivered, NEW.returned, NEW.drafted, NEW.invoiced)
        <> (0, 0, 0, 0, 0, 0)) EXECUTE FUNCTION sales_orders_refuse();
CREATE TRIGGER sales_orders_line_kept BEFORE UPDATE ON sales_orders_salesorderline FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND (NEW.packed, NEW.shipped, NEW.delivered, NEW.returned, NEW.drafted, NEW.invoiced)
        <> (OLD.packed, OLD.shipped, OLD.delivered, OLD.returned, OLD.drafted, OLD.invoiced))
  EXECUTE FUNCTION sales_orders_refuse();
CREATE TRIGGER sales_orders_born BEFORE INSERT ON sales_orders_salesorder FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND (NEW.invoiced_status, NEW.shipped_status, NEW.paid_status)
        <> ('not', 'pending', 'unpaid')) EXECUTE FUNCTION sales_orders_refuse();
CREATE TRIGGER sales_orders_kept BEFORE UPDATE ON sales_orders_salesorder FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND (NEW.invoiced_status, NEW.shipped_status, NEW.paid_status)
        <> (OLD.invoiced_status, OLD.shipped_status, OLD.paid_status)) EXECUTE FUNCTION sales_orders_refuse();

-- How many orders a customer has in each combination of states; as the tallies of invoices (docs/decisions/0004).
CREATE TYPE sales_orders_change AS (
  organisation_id uuid, customer_id uuid, currency text, status text, shipped_status text, invoiced_status text,
  sign int
);

CREATE FUNCTION sales_orders_add_to_tally(changes sales_orders_change[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO sales_orders_ordertally AS t
         (id, organisation_id, customer_id, currency, status, shipped_status, invoiced_status, count)
  SELECT gen_random_uuid(), organisation_id, customer_id, currency, status, shipped_status, invoiced_status, sum(sign)
    FROM unnest(changes)
   GROUP BY organisation_id, customer_id, currency, status, shipped_status, invoiced_status
  HAVING sum(sign) <> 0 ORDER BY customer_id, currency, status, shipped_status, invoiced_status
  ON CONFLICT (customer_id, currency, status, shipped_status, invoiced_status)
  DO UPDATE SET count = t.count + excluded.count;
END $$;

CREATE FUNCTION sales_orders_tally_insert() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_add_to_tally(array_agg(ROW(organisation_id, customer_id, currency, status, shipped_status,
    invoiced_status, 1)::sales_orders_change)) FROM fresh;
  RETURN NULL;
END $$;
CREATE FUNCTION sales_orders_tally_update() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_add_to_tally(array_agg(change)) FROM (
    SELECT ROW(organisation_id, customer_id, currency, status, shipped_status, invoiced_status,
               1)::sales_orders_change AS change FROM fresh
    UNION ALL
    SELECT ROW(organisation_id, customer_id, currency, status, shipped_status, invoiced_status,
               -1)::sales_orders_change FROM stale
  ) AS both_sides;
  RETURN NULL;
END $$;
CREATE FUNCTION sales_orders_tally_delete() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM sales_orders_add_to_tally(array_agg(ROW(organisation_id, customer_id, currency, status, shipped_status,
    invoiced_status, -1)::sales_orders_change)) FROM stale;
  RETURN NULL;
END $$;
CREATE TRIGGER sales_orders_tally_on_insert AFTER INSERT ON sales_orders_salesorder
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_tally_insert();
CREATE TRIGGER sales_orders_tally_on_update AFTER UPDATE ON sales_orders_salesorder
  REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_tally_update();
CREATE TRIGGER sales_orders_tally_on_delete AFTER DELETE ON sales_orders_salesorder
  REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION sales_orders_tally_delete();
