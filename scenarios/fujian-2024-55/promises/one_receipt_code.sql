-- title: 一件一个统一收件码，全程同码
-- clauses: FJ-3.4-02 FJ-2.2-02
-- kind: safety
-- needs: gov_platform.issue_receipt_code@portal>gov_platform registry.receive@portal>registry
-- applies: 生成过收件码的办件
SELECT
    case_no,
    CASE
        WHEN codes_issued > 1 THEN '生成收件码 ' || codes_issued || ' 次'
        WHEN one_code <> another_code THEN '签署、分发所用的收件码与生成的收件码不一致'
        WHEN codes_issued = 0 THEN '收件码不是平台生成的'
    END AS evidence
FROM papers JOIN seen USING (case_no)
WHERE one_code IS NOT NULL
