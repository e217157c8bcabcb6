-- What the floors need.
CREATE FUNCTION benchmark_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT CAST(overlay(CAST(gen_random_uuid() AS text) PLACING
    regexp_replace(lpad(to_hex(CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)), 12, '0'), '^(.{{8}})', '\1-')
    || '-7' FROM 1 FOR 15) AS uuid)
$$;
