-- title: 已直连的事项不经总对总，未直连的不绕过总对总
-- clauses: FJ-2.1-07 FJ-3.4-11 FJ-A4-05
-- kind: safety
-- needs: power.push@hub>power cable_tv.push@hub>cable_tv housing_fund.push@hub>housing_fund
--   hub.push_power@registry>hub hub.push_cable_tv@registry>hub hub.push_housing_fund@registry>hub
-- applies: 推送过电、广电或公积金的办件
SELECT
    case_no,
    min(CASE WHEN list_contains(getvariable('direct_items'), item) = (hub_pushes > 0)
        THEN CASE WHEN hub_pushes > 0 THEN title || '已与部门直连，却经总对总推送' ELSE title || '未与部门直连，却没有经总对总推送' END
    END) AS evidence
FROM linked
WHERE item IN ('power', 'cable_tv', 'housing_fund') AND (pushes > 0 OR hub_pushes > 0)
GROUP BY case_no
