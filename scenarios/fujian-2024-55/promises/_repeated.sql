-- rows: data_exchange.receive power.push water.push gas.push cable_tv.push housing_fund.push
-- repeated: of cases that heard one of these kinds twice, how often each was sent. One message that arrives twice has one
-- cause and counts once; what was sent anew has a cause of its own.
SELECT case_no, kind, count(DISTINCT CASE WHEN cause > 0 THEN cause ELSE id END) AS times
FROM repeated_rows
WHERE ok AND case_no IN (
    SELECT case_no
    FROM moments
    WHERE greatest(
        "data_exchange.receive n", "power.push n", "water.push n", "gas.push n", "cable_tv.push n", "housing_fund.push n"
    ) > 1
)
GROUP BY case_no, kind
