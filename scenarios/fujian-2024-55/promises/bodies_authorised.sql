-- title: 需授权的报文都带本件的授权编号（抽样正文）
-- clauses: FJ-4.3-01
-- kind: safety
-- needs: portal.apply@buyer>portal portal.join@seller>portal
-- applies: 留存正文中有需授权查询的办件
WITH asked AS (
    SELECT case_no, kind, json ->> '$.authorisation' AS authorisation
    FROM bodies
    WHERE kind IN (
        'gov_platform.fetch_certificates', 'gov_platform.backfill', 'housing.find_net_sign',
        'power.precheck', 'water.precheck', 'gas.precheck', 'cable_tv.precheck'
    )
), given AS (
    SELECT case_no, list(json ->> '$.authorisation') AS numbers
    FROM bodies
    WHERE kind IN ('portal.apply', 'portal.join')
    GROUP BY case_no
)
SELECT
    case_no,
    min(CASE WHEN authorisation IS NULL OR NOT list_contains(coalesce(numbers, []), authorisation)
        THEN kind || ' 的授权编号为“' || coalesce(authorisation, '') || '”，不是本件的授权'
    END) AS evidence
FROM asked LEFT JOIN given USING (case_no)
GROUP BY case_no
