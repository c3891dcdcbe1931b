-- title: 用电过户时限
-- clauses: FJ-3.2-08 FJ-2.1-07
-- kind: timeliness
-- needs: power.result@power>hub
-- applies: 用电过户有结果的办件
-- figure: power_transfer
SELECT
    case_no,
    CASE WHEN took(last_pushed_t, last_answered_t) > getvariable('limit_figure')
        THEN '推送 ' || clock(last_pushed_t) || '，结果 ' || clock(last_answered_t)
    END AS evidence
FROM linked
WHERE last_pushed_t IS NOT NULL AND last_answered_t IS NOT NULL AND item = 'power'
    AND last_pushed_t <= last_answered_t
