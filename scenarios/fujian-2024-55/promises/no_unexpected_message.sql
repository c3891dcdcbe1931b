-- title: 没有未预期的报文：应答与通知都有人接
-- clauses: FJ-2.2-04 FJ-3.5-03
-- kind: safety
-- applies: 全部办件
-- What comes once more when the case is closed, having been heard before, is turned away as it should be.
WITH late AS (
    SELECT refused.id
    FROM refused JOIN journal AS heard ON heard.case_no = refused.case_no AND heard.cause = refused.cause
        AND heard.kind = refused.kind AND heard.receiver = refused.receiver
    WHERE refused.outcome = 'refused:case_closed' AND refused.cause > 0 AND heard.ok
), unexpected AS (
    SELECT
        case_no,
        min(kind || '：' || sender || ' → ' || receiver || '，' || clock(t_ms) || '，' || outcome) AS evidence
    FROM refused
    WHERE case_no > 0 AND id NOT IN (SELECT id FROM late)
    GROUP BY case_no
)
SELECT case_no, evidence
FROM cases LEFT JOIN unexpected USING (case_no)
