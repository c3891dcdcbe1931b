-- title: 登记机构只取到本机构的联办结果
-- clauses: FJ-A4-04
-- kind: safety
-- needs: hub.power_result@hub>registry hub.cable_tv_result@hub>registry hub.housing_fund_result@hub>registry
-- applies: 从总对总取得联办结果的办件
WITH mixed AS (
    SELECT part_of, min(registry) AS one, max(registry) AS another
    FROM fetched
    GROUP BY part_of
    HAVING min(registry) <> max(registry)
)
SELECT case_no, min('批次 ' || part_of || ' 混有 ' || one || ' 与 ' || another || ' 的结果') AS evidence
FROM fetched LEFT JOIN mixed USING (part_of)
GROUP BY case_no
