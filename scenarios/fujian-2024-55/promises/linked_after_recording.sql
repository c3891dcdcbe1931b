-- title: 登簿之前不推送联办事项
-- clauses: FJ-A4-01 FJ-2.1-03 FJ-3.2-07
-- kind: safety
-- needs: registry.record@clerk>registry
-- applies: 推送过联办事项的办件
SELECT
    case_no,
    min(CASE WHEN recorded_t IS NULL OR clearly_before(sent_t, recorded_t)
        THEN title || '于 ' || clock(sent_t) || ' 推送，' || coalesce('登簿在 ' || clock(recorded_t), '而该件未登簿')
    END) AS evidence
FROM linked
WHERE sent_t IS NOT NULL
GROUP BY case_no
