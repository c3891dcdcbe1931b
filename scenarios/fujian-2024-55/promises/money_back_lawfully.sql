-- title: 未登簿即终止的，已缴税款退库、已缴登记费冲红退付
-- clauses: FJ-3.2-03 FJ-A3-11
-- kind: safety
-- needs: tax.treasury_refunded@tax>hub non_tax.reverse@hub>non_tax unionpay.refunded@unionpay>hub
--   registry.record@clerk>registry
-- applies: 未登簿、已结束且发生过销账的办件
-- inferred: 原文未写撤回退款；税款退库、票据冲红依税收与非税管理规定
SELECT
    case_no,
    CASE
        WHEN card_refunded_fen > fee_paid_fen
            THEN '退货 ' || yuan(card_refunded_fen) || ' 超过非税销账 ' || yuan(fee_paid_fen) || '：税款不得原路退回'
        WHEN treasury_refunded_fen <> tax_paid_fen
            THEN '税款已缴 ' || yuan(tax_paid_fen) || '，退库 ' || yuan(treasury_refunded_fen)
        WHEN fee_reversed_fen <> fee_paid_fen OR card_refunded_fen <> fee_paid_fen
            THEN '登记费已缴 ' || yuan(fee_paid_fen) || '，冲红 ' || yuan(fee_reversed_fen) || '，退货 '
                || yuan(card_refunded_fen)
    END AS evidence
FROM seen JOIN paid USING (case_no)
WHERE NOT open AND recorded_t IS NULL AND (tax_paid_fen > 0 OR fee_paid_fen > 0)
