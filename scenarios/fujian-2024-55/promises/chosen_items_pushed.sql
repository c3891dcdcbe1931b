-- title: 所选联办事项每项都推送，未选的不推送
-- clauses: FJ-2.1-02 FJ-A4-01 FJ-2.1-06 FJ-2.1-07 FJ-2.1-08 FJ-2.1-09 FJ-2.1-10
-- kind: safety
-- needs: registry.record@clerk>registry water.push@registry>water gas.push@registry>gas
-- applies: 已登簿且已结束的办件，以及推送过未选事项的办件
SELECT
    case_no,
    min(CASE WHEN (chosen = 1 AND pushes + pushes_refused = 0 AND NOT open) OR (chosen = 0 AND sent_t IS NOT NULL)
        THEN CASE WHEN chosen = 1 THEN '所选' || title || '没有推送' ELSE '未选' || title || '却推送了' END
    END) AS evidence
FROM linked
WHERE chosen IS NOT NULL AND ((recorded_t IS NOT NULL AND NOT open) OR (chosen = 0 AND sent_t IS NOT NULL))
GROUP BY case_no
