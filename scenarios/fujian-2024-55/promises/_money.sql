-- view
-- rows: unionpay.payment_notice unionpay.split unionpay.card_returned unionpay.reconciliation_entry
--   tax.write_off non_tax.write_off
-- money: the movements of money that are told apart by number or by cause, one row per message; sums are in _seen.sql.
-- written: a write-off that counts. Only one that moves the voucher or pay code does: the channel may ask again, and the
-- department then gives the same answer and moves nothing. Of a real department no states are seen.
SELECT
    cause, case_no, kind, ok, ref, amount_fen, t_ms, asked_ms,
    state_to <> '' AS state_seen,
    ok AND kind IN ('tax.write_off', 'non_tax.write_off') AND (state_from <> state_to OR state_to = '') AS written
FROM money_rows
