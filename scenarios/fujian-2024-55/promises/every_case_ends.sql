-- title: 提出过申请的办件都告知申请人结果
-- clauses: FJ-2.2-04 FJ-3.1-02 FJ-1-05
-- kind: liveness
-- needs: person.case_over@portal>buyer
-- applies: 提出过申请、到批次截止时已结束的办件
SELECT case_no, CASE WHEN over_t IS NULL THEN '申请于 ' || clock(applied_t) || '，办件已无待办，申请人没有收到结果' END AS evidence
FROM seen
WHERE applied_t IS NOT NULL AND NOT open
