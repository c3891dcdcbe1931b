-- title: 申请表上的人人人认证，认证的人就是本件的买方、卖方（抽样正文）
-- clauses: FJ-3.4-01
-- kind: safety
-- applies: 留存正文中有申请的办件
WITH parties AS (
    SELECT
        case_no,
        list(json ->> '$.application.buyers[*].id_no').flatten() AS buyers,
        list(json ->> '$.application.sellers[*].id_no').flatten() AS sellers
    FROM bodies
    WHERE kind = 'portal.apply'
    GROUP BY case_no
), asked AS (
    SELECT case_no, json ->> '$.role' AS role, json ->> '$.person.id_no' AS id_no
    FROM bodies
    WHERE kind = 'gov_platform.verify_identity'
), strangers AS (
    SELECT case_no, min(role) AS role
    FROM asked JOIN parties USING (case_no)
    WHERE NOT (role = 'buyer' AND list_contains(buyers, id_no) OR role = 'seller' AND list_contains(sellers, id_no))
    GROUP BY case_no
), identified AS (
    SELECT case_no, list(json ->> '$.id_no') AS numbers
    FROM bodies
    WHERE kind = 'gov_platform.identity_verified'
    GROUP BY case_no
)
SELECT
    case_no,
    CASE
        WHEN role IS NOT NULL THEN '以“' || role || '”身份认证的人不是本件申请表上的该方'
        WHEN distributed_t IS NOT NULL AND NOT list_has_all(coalesce(numbers, []), list_concat(buyers, sellers))
            THEN '分发 ' || clock(distributed_t) || '，申请表上有人未通过身份认证'
    END AS evidence
FROM parties JOIN seen USING (case_no) LEFT JOIN strangers USING (case_no) LEFT JOIN identified USING (case_no)
