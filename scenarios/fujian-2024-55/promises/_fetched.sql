-- view
-- rows: hub.power_result hub.cable_tv_result hub.housing_fund_result
-- fetched: one row per result that a registry took from the provincial service in a batch.
SELECT case_no, part_of, registry FROM fetched_rows WHERE ok AND part_of > 0
