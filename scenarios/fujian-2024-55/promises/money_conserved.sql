-- title: 资金逐分守恒：扣款 = 税款销账 + 非税销账 + 原路退回
-- clauses: FJ-3.2-03 FJ-A3-10 FJ-A3-11
-- kind: safety
-- needs: unionpay.debited@unionpay>unionpay tax.write_off@unionpay>tax non_tax.write_off@unionpay>non_tax
-- applies: 发生过银行扣款、且已结束的办件
WITH returned AS (
    SELECT case_no, sum(amount_fen) AS fen
    FROM (SELECT DISTINCT case_no, ref, cause, amount_fen FROM money WHERE kind = 'unionpay.card_returned' AND ok)
    GROUP BY case_no
)
SELECT
    case_no,
    CASE WHEN debited_fen <> tax_paid_fen + fee_paid_fen + coalesce(fen, 0)
        THEN '扣款 ' || yuan(debited_fen) || '，税款销账 ' || yuan(tax_paid_fen) || '，非税销账 ' || yuan(fee_paid_fen)
            || '，原路退回 ' || yuan(coalesce(fen, 0))
    END AS evidence
FROM seen JOIN paid USING (case_no) LEFT JOIN returned USING (case_no)
WHERE NOT open AND (debited_fen > 0 OR tax_paid_fen > 0 OR fee_paid_fen > 0)
