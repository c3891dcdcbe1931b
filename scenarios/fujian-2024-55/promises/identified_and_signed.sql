-- title: 买方、卖方各自认证并签章之后才分发
-- clauses: FJ-A1-01 FJ-3.4-01 FJ-3.4-05 FJ-3.2-01 FJ-2.2-02
-- kind: safety
-- needs: gov_platform.verify_identity@portal>gov_platform gov_platform.sign@buyer>gov_platform
--   registry.receive@portal>registry
-- applies: 已分发到登记机构的办件
-- At the window, and only there, the clerk signs for those who stand before it.
SELECT
    case_no,
    CASE
        WHEN buyer_identified_t IS NULL THEN '分发 ' || clock(distributed_t) || '，买方未通过身份认证'
        WHEN seller_identified_t IS NULL THEN '分发 ' || clock(distributed_t) || '，卖方未通过身份认证'
        WHEN buyer_signed_t IS NULL THEN '分发 ' || clock(distributed_t) || '，买方本人未签署'
        WHEN seller_signed_t IS NULL THEN '分发 ' || clock(distributed_t) || '，卖方本人未签署'
        WHEN clerk_signed AND channel <> 'window' THEN '不是窗口办件，却由登记人员代为签署'
        WHEN clearly_before(
            distributed_t, greatest(buyer_identified_t, seller_identified_t, buyer_signed_t, seller_signed_t)
        )
            THEN '分发 ' || clock(distributed_t) || '，双方认证 ' || clock(greatest(buyer_identified_t, seller_identified_t))
                || '，双方签署 ' || clock(greatest(buyer_signed_t, seller_signed_t))
    END AS evidence
FROM seen
WHERE distributed_t IS NOT NULL
