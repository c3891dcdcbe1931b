-- title: 一件一个统一收件码，全程同码，两件不同码
-- clauses: FJ-3.4-02 FJ-2.2-02
-- kind: safety
-- needs: gov_platform.issue_receipt_code@portal>gov_platform registry.receive@portal>registry
-- applies: 生成或使用过收件码的办件
WITH shared AS (
    SELECT code, min(case_no) AS one, max(case_no) AS another
    FROM (
        SELECT one_code AS code, case_no FROM codes
        UNION ALL
        SELECT another_code AS code, case_no FROM codes WHERE another_code <> one_code
    )
    WHERE code IS NOT NULL
    GROUP BY code
    HAVING min(case_no) < max(case_no)
)
SELECT
    codes.case_no,
    CASE
        WHEN codes_issued > 1 AND one_code <> another_code THEN '生成收件码 ' || codes_issued || ' 次，码不相同'
        WHEN one_code <> another_code THEN '签署、分发所用的收件码与生成的收件码不一致'
        WHEN codes_issued = 0 THEN '收件码不是平台生成的'
        WHEN one IS NOT NULL THEN '收件码与办件 ' || CASE WHEN codes.case_no = one THEN another ELSE one END || ' 相同'
    END AS evidence
FROM codes JOIN seen USING (case_no) LEFT JOIN shared ON one_code = shared.code
WHERE one_code IS NOT NULL
