-- rows: gov_platform.issue_receipt_code gov_platform.start_signing registry.receive registry.receive_at_window
-- codes: one row per case, the receipt codes on its papers, as hashes: they are only compared.
SELECT case_no, min(hash(ref)) AS one_code, max(hash(ref)) AS another_code
FROM codes_rows
WHERE ok AND ref <> ''
GROUP BY case_no
