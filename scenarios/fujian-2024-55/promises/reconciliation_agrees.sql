-- title: 对账明细与销账、退货相符
-- clauses: FJ-3.2-03 FJ-A3-12
-- kind: safety
-- needs: unionpay.reconciliation_entry@unionpay>hub
-- applies: 取得过对账明细、且已结束的办件
-- inferred: 对账为测试设计，原文未写
WITH entries AS (
    SELECT case_no, sum(amount_fen) AS fen
    FROM (
        SELECT DISTINCT case_no, ref, cause, amount_fen
        FROM money
        WHERE kind = 'unionpay.reconciliation_entry' AND ok
    )
    GROUP BY case_no
)
SELECT
    case_no,
    CASE WHEN fen <> tax_paid_fen + fee_paid_fen - card_refunded_fen
        THEN '对账明细合计 ' || yuan(fen) || '，销账减退货 ' || yuan(tax_paid_fen + fee_paid_fen - card_refunded_fen)
    END AS evidence
FROM entries JOIN seen USING (case_no) JOIN paid USING (case_no)
WHERE NOT open
