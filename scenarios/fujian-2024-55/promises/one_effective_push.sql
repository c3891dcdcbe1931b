-- title: 同一事项同时至多一条有效推送；退回之后方可再推
-- clauses: FJ-A4-01 FJ-2.1-07 FJ-2.1-06
-- kind: safety
-- needs: water.push@registry>water gas.push@registry>gas
-- applies: 部门受理过联办推送的办件
WITH several AS (
    -- an attempt is over when its result has set out or it has been called back; a lost result is asked for by number
    SELECT
        case_no, item, title, last_pushed_t, queries,
        least(answered_t, cancelled_t) AS over_t,
        results + queries + cancels AS overs
    FROM linked
    WHERE pushes > 1
), broken AS (
    SELECT
        several.case_no,
        min(title || '推送 ' || times || ' 次，' || CASE
            WHEN over_t IS NULL AND queries = 0 THEN '其间没有任何结果'
            ELSE '前一次了结在 ' || coalesce(clock(over_t), '查询后') || '，最后一次推送在 ' || clock(last_pushed_t)
        END) AS evidence
    FROM several JOIN repeated ON repeated.case_no = several.case_no AND split_part(kind, '.', 1) = item
    WHERE times > 1
        AND (times > 1 + overs OR (queries = 0 AND clearly_before(last_pushed_t, over_t)))
    GROUP BY several.case_no
)
SELECT case_no, any_value(evidence) AS evidence
FROM linked LEFT JOIN broken USING (case_no)
WHERE pushes > 0
GROUP BY case_no
