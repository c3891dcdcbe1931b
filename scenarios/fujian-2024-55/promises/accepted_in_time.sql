-- title: 受理时限
-- clauses: FJ-3.2-08 FJ-3.4-12
-- kind: timeliness
-- needs: registry.accept@clerk>registry
-- applies: 收件后作出过受理决定的办件
-- figure: acceptance
SELECT
    case_no,
    CASE WHEN took(distributed_t, first_decided_t) > getvariable('limit_figure')
        THEN '收件 ' || clock(distributed_t) || '，作出受理决定 ' || clock(first_decided_t)
    END AS evidence
FROM seen
WHERE distributed_t IS NOT NULL AND first_decided_t IS NOT NULL
