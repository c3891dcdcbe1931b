-- title: 一件一个统一收件码，全程同码
-- clauses: FJ-3.4-02 FJ-2.2-02
-- kind: safety
-- needs: gov_platform.issue_receipt_code@portal>gov_platform registry.receive@portal>registry
-- applies: 生成过收件码的办件
SELECT
    case_no,
    CASE
        WHEN one_code <> another_code THEN '出现两个收件码：' || one_code || '、' || another_code
        WHEN codes_issued = 0 THEN '收件码 ' || one_code || ' 不是平台生成的'
    END AS evidence
FROM papers
WHERE one_code IS NOT NULL
