-- papers: one row per case, the numbers on its papers (receipt codes and authorisations, as hashes: they are only compared)
-- and when the first text message asking for payment was sent.
SELECT
    case_no,
    min(hash(ref)) FILTER (ok AND ref <> '' AND about = 'code') AS one_code,
    max(hash(ref)) FILTER (ok AND ref <> '' AND about = 'code') AS another_code,
    list(hash(ref)) FILTER (ok AND about = 'given') AS given,
    list(hash(ref)) FILTER (ok AND about = 'used') AS used,
    min(asked_ms) FILTER (about = 'told') AS payment_told_t
FROM (
    SELECT
        case_no, ok, ref, asked_ms,
        CASE
            WHEN kind IN ('portal.apply', 'portal.join') THEN 'given'
            WHEN kind IN ('gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign')
                THEN 'used'
            WHEN kind <> 'notify.sms' THEN 'code'
            WHEN ref = 'payment' THEN 'told'
        END AS about
    FROM journal
    WHERE kind IN (
        'portal.apply', 'portal.join',
        'gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign',
        'gov_platform.issue_receipt_code', 'gov_platform.start_signing', 'registry.receive',
        'registry.receive_at_window', 'notify.sms'
    )
)
GROUP BY case_no
