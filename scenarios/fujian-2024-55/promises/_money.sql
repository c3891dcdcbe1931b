-- money: the movements of money that are told apart by number or by cause, one row per message; sums are in _seen.sql.
SELECT cause, case_no, kind, ok, ref, amount_fen, t_ms, asked_ms
FROM journal
WHERE kind IN (
    'unionpay.payment_notice', 'unionpay.split', 'unionpay.card_returned', 'unionpay.reconciliation_entry',
    'tax.write_off', 'non_tax.write_off'
)
