-- title: 办件按本地区的模式回流
-- clauses: FJ-A5-01 FJ-A5-02 FJ-A5-03 FJ-3.4-17
-- kind: liveness
-- needs: gov_platform.report_main@registry>city_platform gov_platform.report_package@registry>city_platform
-- found_by: portal.closed@registry>portal
-- applies: 已受理且已结束的办件
WITH chosen AS (
    SELECT case_no, bit_count(items) AS items_chosen FROM cases
)
SELECT
    case_no,
    CASE
        WHEN getvariable('reflow_mode') = 1 AND package_reports > 0 THEN '模式1地区报送了套餐包 ' || package_reports || ' 次'
        WHEN getvariable('reflow_mode') = 2 AND main_reports > 0 THEN '模式2地区报送了主办件 ' || main_reports || ' 次'
        WHEN getvariable('reflow_mode') = 1 AND main_reports < 2 THEN '主办件只报送 ' || main_reports || ' 次，应有受理与办结'
        -- a case withdrawn before the platform came to it has nothing to distribute; a recorded one has
        WHEN getvariable('reflow_mode') = 1 AND items_chosen > 0 AND recorded_t IS NOT NULL AND items_distributed_t IS NULL
            THEN '平台没有分发联办事项'
        WHEN getvariable('reflow_mode') = 1 AND clearly_before(last_reported_t, items_distributed_t)
            THEN '办结报送 ' || clock(last_reported_t) || ' 之后才分发联办事项 ' || clock(items_distributed_t)
        WHEN getvariable('reflow_mode') = 1 AND recorded_t IS NOT NULL AND item_reports < items_chosen
            THEN '子办件回报 ' || item_reports || ' 件，应有 ' || items_chosen || ' 件'
        WHEN getvariable('reflow_mode') = 2 AND package_reports < 2 + (recorded_t IS NOT NULL)::INT
            THEN '套餐包只报送 ' || package_reports || ' 次，应有受理、过程（已登簿的）与办结'
    END AS evidence
FROM seen JOIN chosen USING (case_no)
WHERE accepted_t IS NOT NULL AND closings > 0 AND NOT open
