-- title: 登簿后不再退回已缴税费
-- clauses: FJ-2.1-03 FJ-3.2-07
-- kind: safety
-- needs: registry.record@clerk>registry
-- applies: 已登簿且缴过税费的办件
-- inferred: 原文未写；登簿以缴清为前提，退款即失去前提
SELECT
    case_no,
    CASE WHEN treasury_refunded_fen + fee_reversed_fen + card_refunded_fen > 0
        THEN '登簿后退库 ' || yuan(treasury_refunded_fen) || '、冲红 ' || yuan(fee_reversed_fen) || '、退货 '
            || yuan(card_refunded_fen)
    END AS evidence
FROM seen JOIN paid USING (case_no)
WHERE recorded_t IS NOT NULL AND (tax_paid_fen > 0 OR fee_paid_fen > 0)
