-- title: 联办结果由总对总到登记机构的取数时限
-- clauses: FJ-A4-03 FJ-A4-04
-- kind: timeliness
-- needs: hub.power_result@hub>registry hub.cable_tv_result@hub>registry
-- applies: 经总对总取回结果的办件
-- figure: linked_results
WITH hops AS (
    SELECT
        case_no,
        item,
        max(t_ms) FILTER (receiver = 'hub') AS at_hub_t,
        max(t_ms) FILTER (sender = 'hub') AS at_registry_t
    FROM journal
    WHERE ok AND kind IN (
        'power.result', 'cable_tv.result', 'housing_fund.result', 'hub.power_result', 'hub.cable_tv_result',
        'hub.housing_fund_result'
    )
    GROUP BY case_no, item
)
SELECT
    case_no,
    min(CASE WHEN took(at_hub_t, at_registry_t) > getvariable('limit_figure')
        THEN item || ' 的结果 ' || clock(at_hub_t) || ' 到总对总，' || clock(at_registry_t) || ' 才到登记机构'
    END) AS evidence
FROM hops
WHERE at_hub_t <= at_registry_t
GROUP BY case_no
