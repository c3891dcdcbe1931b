-- title: 广电过户时限
-- clauses: FJ-3.2-08 FJ-2.1-09
-- kind: timeliness
-- needs: cable_tv.result@cable_tv>hub
-- applies: 广电过户有结果的办件
-- figure: cable_tv_transfer
SELECT
    case_no,
    CASE WHEN took(last_pushed_t, last_answered_t) > getvariable('limit_figure')
        THEN '推送 ' || clock(last_pushed_t) || '，结果 ' || clock(last_answered_t)
    END AS evidence
FROM linked
WHERE last_pushed_t IS NOT NULL AND last_answered_t IS NOT NULL AND item = 'cable_tv'
    AND last_pushed_t <= last_answered_t
