-- title: 进度同时推送省、市两个平台
-- clauses: FJ-A1-02 FJ-3.1-02 FJ-A3-04
-- kind: liveness
-- needs: gov_platform.progress@registry>gov_platform gov_platform.progress@registry>city_platform
-- applies: 已受理且已结束的办件
WITH due AS (
    SELECT
        *,
        1 + (closings > 0)::INT + (recorded_t IS NOT NULL)::INT
            + CASE WHEN recorded_t IS NOT NULL AND settled_t IS NOT NULL THEN 2 ELSE 0 END AS stages
    FROM seen
    WHERE accepted_t IS NOT NULL AND NOT open
)
SELECT
    case_no,
    CASE WHEN least(progress_province, progress_city) < stages
        THEN '应报 ' || stages || ' 个环节，省平台收到 ' || progress_province || ' 个，市平台收到 ' || progress_city || ' 个'
    END AS evidence
FROM due
