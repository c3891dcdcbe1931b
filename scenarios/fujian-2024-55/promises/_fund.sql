-- view
-- rows: *@housing_fund housing_fund.result
-- fund: one row per message that the housing fund's centre heard, and per result of it.
SELECT id, cause, case_no, kind, sender, receiver, ok, t_ms FROM fund_rows
