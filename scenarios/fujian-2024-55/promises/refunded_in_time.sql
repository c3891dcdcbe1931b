-- title: 撤回退款时限
-- clauses: FJ-3.2-08
-- kind: timeliness
-- needs: hub.charges_cancelled@hub>registry
-- applies: 取消税费并有结果的办件
-- figure: refund
SELECT
    case_no,
    CASE WHEN took(cancelling_t, charges_cancelled_t) > getvariable('limit_figure')
        THEN '取消税费 ' || clock(cancelling_t) || '，退清 ' || clock(charges_cancelled_t)
    END AS evidence
FROM seen
WHERE cancelling_t IS NOT NULL AND charges_cancelled_t IS NOT NULL
