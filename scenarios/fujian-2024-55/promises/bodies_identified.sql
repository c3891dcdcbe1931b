-- title: 申请表上的人人人认证，认证的人就是本件的买方、卖方（抽样正文）
-- clauses: FJ-3.4-01
-- kind: safety
-- applies: 留存正文中有申请和身份认证的办件
WITH parties AS (
    SELECT
        case_no,
        list(json ->> '$.application.buyers[*].id_no').flatten() AS buyers,
        list(json ->> '$.application.sellers[*].id_no').flatten() AS sellers
    FROM bodies
    WHERE kind = 'portal.apply'
    GROUP BY case_no
), identified AS (
    SELECT case_no, json ->> '$.role' AS role, json ->> '$.person.id_no' AS id_no
    FROM bodies
    WHERE kind = 'gov_platform.verify_identity'
), known AS (
    SELECT
        case_no,
        list(id_no) AS numbers,
        min(CASE
            WHEN role = 'buyer' AND list_contains(buyers, id_no) OR role = 'seller' AND list_contains(sellers, id_no) THEN NULL
            ELSE '以“' || coalesce(role, '') || '”身份认证的人不是本件申请表上的该方'
        END) AS stranger
    FROM identified JOIN parties USING (case_no)
    GROUP BY case_no
)
SELECT
    case_no,
    CASE
        WHEN stranger IS NOT NULL THEN stranger
        WHEN distributed_t IS NOT NULL AND NOT list_has_all(numbers, list_concat(buyers, sellers))
            THEN '分发 ' || clock(distributed_t) || '，申请表上有人未经身份认证'
    END AS evidence
FROM known JOIN parties USING (case_no) JOIN seen USING (case_no)
