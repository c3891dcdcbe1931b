-- title: 查询个人信息都有在先的授权
-- clauses: FJ-4.3-01
-- kind: safety
-- needs: gov_platform.fetch_certificates@portal>gov_platform gov_platform.backfill@portal>gov_platform
--   housing.find_net_sign@portal>housing portal.apply@buyer>portal
-- applies: 查询过证照、共享数据或网签的办件
SELECT
    case_no,
    CASE
        WHEN authorised_t IS NULL THEN '查询 ' || clock(looked_up_t) || '，本件没有授权'
        WHEN unauthorised.case_no IS NOT NULL THEN '查询所凭的授权编号不是本件的授权（首次查询 ' || clock(looked_up_t) || '）'
        WHEN clearly_before(looked_up_t, authorised_t)
            THEN '查询 ' || clock(looked_up_t) || ' 早于授权 ' || clock(authorised_t)
    END AS evidence
FROM seen LEFT JOIN unauthorised USING (case_no)
WHERE looked_up_t IS NOT NULL
