-- title: 一件只登簿一次
-- clauses: FJ-2.1-03
-- kind: safety
-- needs: registry.record@clerk>registry
-- applies: 已登簿的办件
SELECT case_no, CASE WHEN recordings > 1 THEN '登簿 ' || recordings || ' 次' END AS evidence
FROM seen
WHERE recorded_t IS NOT NULL
