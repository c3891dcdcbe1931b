-- rows: portal.apply portal.join
--   gov_platform.fetch_certificates gov_platform.backfill housing.find_net_sign
-- unauthorised: one row per case that looked somebody up by an authorisation which its own applicants did not give.
WITH numbers AS (
    SELECT case_no, hash(ref) AS number, kind IN ('portal.apply', 'portal.join') AS given FROM unauthorised_rows WHERE ok
)
SELECT DISTINCT used.case_no
FROM numbers AS used
WHERE NOT used.given AND NOT EXISTS (
    FROM numbers AS own WHERE own.given AND own.case_no = used.case_no AND own.number = used.number
)
