-- title: 批次资金守恒：全部扣款 = 入库 + 入财政 + 退回
-- clauses: FJ-3.2-03 FJ-A3-17
-- kind: safety
-- needs: unionpay.debited@unionpay>unionpay tax.write_off@unionpay>tax non_tax.write_off@unionpay>non_tax
-- applies: 每个地区已结束办件的合计（证据中的办件号为0）
-- unit: 地区
WITH returned AS (
    SELECT coalesce(sum(amount_fen), 0) AS fen
    FROM (SELECT DISTINCT case_no, ref, cause, amount_fen FROM money WHERE kind = 'unionpay.card_returned' AND ok)
    WHERE case_no NOT IN (SELECT case_no FROM cases WHERE open)
), total AS (
    SELECT
        sum(debited_fen) AS debited,
        sum(tax_paid_fen - treasury_refunded_fen) AS treasury,
        sum(fee_paid_fen - fee_reversed_fen) AS fiscal,
        sum(treasury_refunded_fen + fee_reversed_fen) AS refunded
    FROM seen JOIN paid USING (case_no)
    WHERE NOT open
)
SELECT
    0 AS case_no,
    CASE WHEN debited <> treasury + fiscal + refunded + fen
        THEN getvariable('region_title') || '：扣款合计 ' || yuan(debited) || '，国库净入 ' || yuan(treasury) || '，财政净入 '
            || yuan(fiscal) || '，退库与退付 ' || yuan(refunded) || '，原路退回 ' || yuan(fen)
    END AS evidence
FROM total, returned
WHERE debited > 0
