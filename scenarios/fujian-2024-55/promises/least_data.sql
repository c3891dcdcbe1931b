-- title: 部门只收到办理本事项必需的字段（抽样正文）
-- clauses: FJ-4.3-03
-- kind: safety
-- applies: 留存正文中有发往部门的报文的办件
WITH leaves AS (
    SELECT DISTINCT
        bodies.case_no,
        bodies.kind,
        regexp_replace(replace(leaf.fullkey, '$.', ''), '\[[0-9]+\]', '', 'g') AS field
    FROM bodies, json_tree(bodies.json) AS leaf
    WHERE bodies.kind IN (SELECT kind FROM allowed) AND leaf.type NOT IN ('OBJECT', 'ARRAY')
)
SELECT
    case_no,
    min(CASE WHEN NOT EXISTS (
        FROM allowed WHERE allowed.kind = leaves.kind AND allowed.field = leaves.field
    )
        THEN kind || ' 含有不在白名单内的字段 ' || field
    END) AS evidence
FROM leaves
GROUP BY case_no
