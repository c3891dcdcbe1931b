-- papers: one row per case, what its receipt codes, authorisations and payment messages were.
SELECT
    case_no,
    min(ref) FILTER (ok AND ref <> '' AND about = 'code') AS one_code,
    max(ref) FILTER (ok AND ref <> '' AND about = 'code') AS another_code,
    count(*) FILTER (ok AND kind = 'gov_platform.issue_receipt_code') AS codes_issued,
    list(ref) FILTER (ok AND about = 'given') AS given,
    min(t_ms) FILTER (ok AND about = 'given') AS given_t,
    list(ref) FILTER (ok AND about = 'used') AS used,
    min(t_ms) FILTER (ok AND about = 'used') AS used_t,
    min(asked_ms) FILTER (about = 'told') AS payment_told_t
FROM (
    SELECT
        case_no, kind, ok, ref, t_ms, asked_ms,
        CASE
            WHEN kind IN ('portal.apply', 'portal.join') THEN 'given'
            WHEN kind IN ('gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign') THEN 'used'
            WHEN kind <> 'notify.sms' THEN 'code'
            WHEN ref = 'payment' THEN 'told'
        END AS about
    FROM journal
    WHERE kind IN (
        'portal.apply', 'portal.join', 'gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign',
        'gov_platform.issue_receipt_code', 'gov_platform.start_signing', 'registry.receive', 'registry.receive_at_window',
        'notify.sms'
    )
)
GROUP BY case_no
