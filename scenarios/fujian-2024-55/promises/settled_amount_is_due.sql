-- title: 缴清金额与应缴金额一致
-- clauses: FJ-A3-07 FJ-A3-12
-- kind: safety
-- needs: hub.charges_ready@hub>registry hub.payment_settled@hub>registry
-- applies: 收到缴清结果、且未退过款的办件
SELECT
    case_no,
    CASE WHEN ready_fen <> settled_fen OR tax_paid_fen + fee_paid_fen <> settled_fen
        THEN '应缴 ' || yuan(ready_fen) || '，销账 ' || yuan(tax_paid_fen + fee_paid_fen) || '，缴清结果 ' || yuan(settled_fen)
    END AS evidence
FROM seen JOIN paid USING (case_no)
WHERE settled_t IS NOT NULL AND ready_t IS NOT NULL AND cancelling_t IS NULL
