-- numbers: one row per voucher and pay code that was written off or split: how often, when, how much, with which notice.
-- A write-off that arrives twice is one message and one write-off: what was sent twice has two causes.
SELECT
    case_no,
    number,
    is_tax,
    paid_t,
    split_fen,
    split_cause,
    CASE WHEN sent_once THEN least(rows_paid, 1) ELSE rows_paid END AS paid_times,
    CASE WHEN sent_once THEN largest_fen ELSE all_fen END AS paid_fen
FROM (
    SELECT
        case_no,
        ref AS number,
        bool_or(kind = 'tax.write_off') AS is_tax,
        count(*) FILTER (ok AND kind <> 'unionpay.split') AS rows_paid,
        min(t_ms) FILTER (ok AND kind <> 'unionpay.split') AS paid_t,
        max(amount_fen) FILTER (ok AND kind <> 'unionpay.split') AS largest_fen,
        sum(amount_fen) FILTER (ok AND kind <> 'unionpay.split')::BIGINT AS all_fen,
        max(amount_fen) FILTER (ok AND kind = 'unionpay.split') AS split_fen,
        max(cause) FILTER (kind = 'unionpay.split') AS split_cause,
        -- one cause, and one that can be seen
        coalesce(min(nullif(cause, 0)) FILTER (ok AND kind <> 'unionpay.split')
            = max(cause) FILTER (ok AND kind <> 'unionpay.split'), false) AS sent_once
    FROM money
    WHERE kind IN ('tax.write_off', 'non_tax.write_off', 'unionpay.split')
    GROUP BY case_no, ref
)
