-- title: 双方认证并签章之后才分发
-- clauses: FJ-A1-01 FJ-3.4-01 FJ-3.4-05 FJ-3.2-01 FJ-2.2-02
-- kind: safety
-- needs: gov_platform.verify_identity@portal>gov_platform gov_platform.sign@buyer>gov_platform
--   registry.receive@portal>registry
-- applies: 已分发到登记机构的办件
SELECT
    case_no,
    CASE
        WHEN identified_t IS NULL THEN '分发 ' || clock(distributed_t) || '，通过身份认证 ' || identities || ' 次，应为双方各一次'
        WHEN signed_t IS NULL THEN '分发 ' || clock(distributed_t) || '，签署 ' || signatures || ' 次，应为双方各一次'
        WHEN clearly_before(distributed_t, greatest(identified_t, signed_t))
            THEN '分发 ' || clock(distributed_t) || '，认证 ' || clock(identified_t) || '，签署 ' || clock(signed_t)
    END AS evidence
FROM seen
WHERE distributed_t IS NOT NULL
