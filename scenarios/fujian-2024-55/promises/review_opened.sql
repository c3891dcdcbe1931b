-- title: 办结的办件都推送好差评
-- clauses: FJ-3.4-17 FJ-3.5-05
-- kind: liveness
-- needs: gov_platform.open_review@registry>city_platform
-- found_by: portal.closed@registry>portal
-- applies: 已登簿且已结束的办件
SELECT case_no, CASE WHEN review_opened_t IS NULL THEN '登簿 ' || clock(recorded_t) || '，办结后没有推送可评办件' END AS evidence
FROM seen
WHERE recorded_t IS NOT NULL AND closings > 0 AND NOT open
