-- title: 转移登记办理时限
-- clauses: FJ-3.2-08
-- kind: timeliness
-- needs: registry.accept@clerk>registry registry.record@clerk>registry
-- applies: 已登簿的办件
-- figure: registration
SELECT
    case_no,
    CASE WHEN took(accepted_t, recorded_t) > getvariable('limit_figure')
        THEN '受理 ' || clock(accepted_t) || '，登簿 ' || clock(recorded_t)
    END AS evidence
FROM seen
WHERE accepted_t IS NOT NULL AND recorded_t IS NOT NULL
