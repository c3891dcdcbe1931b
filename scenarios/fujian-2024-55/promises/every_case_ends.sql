-- title: 每个办件都走到终点，申请人得知结果
-- clauses: FJ-2.2-04 FJ-3.1-02 FJ-1-05
-- kind: liveness
-- needs: person.case_over@portal>buyer
-- applies: 提出过申请的办件，以及到批次截止时仍未结束的办件
-- Which cases are still open at the horizon is told by the run (its open_cases); the journal tells who never heard of an end.
SELECT
    case_no,
    CASE
        WHEN open THEN '到批次截止时仍未结束' || coalesce('（申请于 ' || clock(applied_t) || '）', '')
            || CASE WHEN over_t IS NULL THEN '，申请人没有收到结果' ELSE '，虽已告知申请人结果' END
        WHEN over_t IS NULL THEN '申请于 ' || clock(applied_t) || '，办件已无待办，申请人没有收到结果'
    END AS evidence
FROM seen
WHERE applied_t IS NOT NULL OR open
