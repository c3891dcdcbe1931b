-- title: 税费缴清或免缴之后才登簿
-- clauses: FJ-3.2-07 FJ-2.1-04
-- kind: safety
-- needs: registry.record@clerk>registry hub.payment_settled@hub>registry hub.charges_ready@hub>registry
-- applies: 已登簿的办件
-- inferred: 原文未写缴款与登簿的先后；先税后证来自契税法第十、十一条
SELECT
    case_no,
    CASE
        WHEN least(settled_t, exempt_t) IS NULL THEN '登簿 ' || clock(recorded_t) || '，没有缴清结果，也没有免缴结果'
        WHEN recorded_t < least(settled_t, exempt_t)
            THEN '登簿 ' || clock(recorded_t) || ' 早于缴清 ' || clock(least(settled_t, exempt_t))
    END AS evidence
FROM seen
WHERE recorded_t IS NOT NULL
