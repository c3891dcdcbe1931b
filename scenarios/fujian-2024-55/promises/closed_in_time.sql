-- title: 套餐整体办理时限
-- clauses: FJ-3.2-08
-- kind: timeliness
-- needs: portal.closed@registry>portal
-- applies: 已登簿且办结的办件
-- figure: whole_package
SELECT
    case_no,
    CASE WHEN took(applied_t, closed_t) > getvariable('limit_figure')
        THEN '申请 ' || clock(applied_t) || '，办结 ' || clock(closed_t)
    END AS evidence
FROM seen
WHERE applied_t IS NOT NULL AND closed_t IS NOT NULL AND recorded_t IS NOT NULL
