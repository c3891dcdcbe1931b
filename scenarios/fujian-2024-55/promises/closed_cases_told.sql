-- title: 登记机构结束的办件，申请人得知结果
-- clauses: FJ-3.1-02 FJ-3.4-12
-- kind: liveness
-- needs: portal.closed@registry>portal person.case_over@portal>buyer
-- applies: 登记机构发出结束或不予受理通知、且已结束的办件
SELECT
    case_no,
    CASE WHEN over_t IS NULL
        THEN '登记机构已结束办件（' || coalesce(clock(closed_t), '不予受理') || '），申请人没有收到结果'
    END AS evidence
FROM seen
WHERE (closings > 0 OR not_accepted > 0) AND NOT open
