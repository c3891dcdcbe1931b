-- title: 查询个人信息都有在先的授权
-- clauses: FJ-4.3-01
-- kind: safety
-- needs: gov_platform.fetch_certificates@portal>gov_platform gov_platform.backfill@portal>gov_platform
--   housing.find_net_sign@portal>housing
-- applies: 查询过证照、共享数据或网签的办件
SELECT
    case_no,
    CASE
        WHEN given IS NULL THEN '本件没有授权，却凭“' || coalesce(used[1], '') || '”查询'
        WHEN NOT list_has_all(given, used) THEN '凭“' || list_filter(used, lambda ref: NOT list_contains(given, ref))[1]
            || '”查询，本件的授权是 ' || array_to_string(given, '、')
        WHEN clearly_before(used_t, given_t) THEN '查询 ' || clock(used_t) || ' 早于授权 ' || clock(given_t)
    END AS evidence
FROM papers
WHERE used IS NOT NULL
