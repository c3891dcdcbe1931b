-- title: 没有未预期的报文
-- clauses: FJ-2.2-04 FJ-3.5-03
-- kind: safety
-- applies: 全部办件
WITH unexpected AS (
    SELECT case_no, min(kind || '：' || sender || ' → ' || receiver || '，' || clock(t_ms)) AS evidence
    FROM journal
    WHERE outcome = 'refused:unexpected' AND case_no > 0
    GROUP BY case_no
)
SELECT case_no, evidence
FROM cases LEFT JOIN unexpected USING (case_no)
