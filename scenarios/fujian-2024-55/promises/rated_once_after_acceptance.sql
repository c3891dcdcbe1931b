-- title: 受理之后才可评价，且一件一评
-- clauses: FJ-3.4-17 FJ-3.5-05 FJ-A5-04
-- kind: safety
-- needs: gov_platform.rate@buyer>city_platform registry.accept@clerk>registry
-- applies: 评价过的办件
SELECT
    case_no,
    CASE
        WHEN ratings > 1 THEN '评价 ' || ratings || ' 次'
        WHEN accepted_t IS NULL THEN '评价 ' || clock(rated_t) || '，而该件未受理'
        WHEN clearly_before(rated_t, accepted_t) THEN '评价 ' || clock(rated_t) || ' 早于受理 ' || clock(accepted_t)
    END AS evidence
FROM seen
WHERE rated_t IS NOT NULL
