-- papers: one row per case, the numbers on its papers (receipt codes and authorisations, as hashes: they are only compared),
-- when each side was identified and signed (by itself, or at the window by the clerk before whom it stood), and when the
-- first text message asking for payment was sent.
SELECT
    case_no,
    min(hash(ref)) FILTER (ok AND ref <> '' AND about = 'code') AS one_code,
    max(hash(ref)) FILTER (ok AND ref <> '' AND about = 'code') AS another_code,
    list(hash(ref)) FILTER (ok AND about = 'given') AS given,
    list(hash(ref)) FILTER (ok AND about = 'used') AS used,
    min(t_ms) FILTER (ok AND about = 'identified' AND ref = 'buyer') AS buyer_identified_t,
    min(t_ms) FILTER (ok AND about = 'identified' AND ref = 'seller') AS seller_identified_t,
    min(t_ms) FILTER (ok AND about = 'signed' AND ref = 'buyer' AND sender IN ('buyer', 'clerk')) AS buyer_signed_t,
    min(t_ms) FILTER (ok AND about = 'signed' AND ref = 'seller' AND sender IN ('seller', 'clerk')) AS seller_signed_t,
    coalesce(bool_or(ok AND about = 'signed' AND sender = 'clerk'), false) AS clerk_signed,
    min(asked_ms) FILTER (about = 'told') AS payment_told_t
FROM (
    SELECT
        case_no, ok, ref, sender, t_ms, asked_ms,
        CASE
            WHEN kind IN ('portal.apply', 'portal.join') THEN 'given'
            WHEN kind IN ('gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign')
                THEN 'used'
            WHEN kind = 'gov_platform.verify_identity' THEN 'identified'
            WHEN kind = 'gov_platform.sign' THEN 'signed'
            WHEN kind <> 'notify.sms' THEN 'code'
            WHEN ref = 'payment' THEN 'told'
        END AS about
    FROM journal
    WHERE kind IN (
        'portal.apply', 'portal.join',
        'gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign',
        'gov_platform.issue_receipt_code', 'gov_platform.start_signing', 'registry.receive',
        'registry.receive_at_window', 'notify.sms', 'gov_platform.verify_identity', 'gov_platform.sign'
    )
)
GROUP BY case_no
