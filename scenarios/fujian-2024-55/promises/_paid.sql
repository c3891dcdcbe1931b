-- paid: one row per case, what of tax and of fee was written off; sums of nothing are 0.
SELECT case_no, coalesce(tax_fen, 0) AS tax_paid_fen, coalesce(fee_fen, 0) AS fee_paid_fen
FROM cases LEFT JOIN (
    SELECT
        case_no,
        sum(CASE WHEN is_tax THEN paid_fen END)::BIGINT AS tax_fen,
        sum(CASE WHEN NOT is_tax THEN paid_fen END)::BIGINT AS fee_fen
    FROM numbers
    GROUP BY case_no
) USING (case_no)
