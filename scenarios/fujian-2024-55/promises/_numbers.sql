-- numbers: one row per voucher and pay code that was written off or split: how often, when, how much, with which notice,
-- and for how many orders it was split (one that claims it splits it, so two of them have written it off: at least two).
-- Where the department's states are not seen, nobody can tell a repeated answer from a second write-off: it counts once.
SELECT
    case_no,
    number,
    is_tax,
    paid_t,
    split_fen,
    split_cause,
    orders,
    CASE WHEN unseen THEN least(rows_paid, 1) ELSE rows_paid END AS paid_times,
    CASE WHEN unseen THEN largest_fen ELSE all_fen END AS paid_fen
FROM (
    SELECT
        case_no,
        ref AS number,
        bool_or(kind = 'tax.write_off') AS is_tax,
        count(*) FILTER (written) AS rows_paid,
        min(t_ms) FILTER (written) AS paid_t,
        max(amount_fen) FILTER (written) AS largest_fen,
        sum(amount_fen) FILTER (written)::BIGINT AS all_fen,
        max(amount_fen) FILTER (ok AND kind = 'unionpay.split') AS split_fen,
        max(cause) FILTER (kind = 'unionpay.split') AS split_cause,
        CASE WHEN min(cause) FILTER (kind = 'unionpay.split') < max(cause) FILTER (kind = 'unionpay.split') THEN 2
            ELSE 1
        END AS orders,
        coalesce(NOT bool_or(state_seen) FILTER (written), false) AS unseen
    FROM money
    WHERE kind IN ('tax.write_off', 'non_tax.write_off', 'unionpay.split')
    GROUP BY case_no, ref
)
