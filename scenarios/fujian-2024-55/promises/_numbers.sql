-- numbers: one row per voucher and pay code that was written off or split: how often, when, how much, with which notice.
SELECT
    case_no,
    ref AS number,
    count(*) FILTER (ok AND kind <> 'unionpay.split') AS paid_times,
    min(t_ms) FILTER (ok AND kind <> 'unionpay.split') AS paid_t,
    max(amount_fen) FILTER (ok AND kind <> 'unionpay.split') AS paid_fen,
    max(amount_fen) FILTER (ok AND kind = 'unionpay.split') AS split_fen,
    max(cause) FILTER (kind = 'unionpay.split') AS split_cause
FROM money
WHERE kind IN ('tax.write_off', 'non_tax.write_off', 'unionpay.split')
GROUP BY case_no, ref
