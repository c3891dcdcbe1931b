-- title: 查封期间不登簿
-- clauses: FJ-2.1-03
-- kind: safety
-- needs: registry.record@clerk>registry registry.seize@court>registry
-- applies: 收到法院查封的办件
SELECT
    case_no,
    CASE WHEN seized_t < last_recorded_t
        THEN '查封 ' || clock(seized_t) || '，其后 ' || clock(last_recorded_t) || ' 仍登簿'
    END AS evidence
FROM seen
WHERE seized_t IS NOT NULL
