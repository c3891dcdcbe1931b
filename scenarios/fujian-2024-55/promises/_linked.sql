-- view
-- linked: one row per case and linked item, chosen or not; columns as in _seen.sql. sent_t: when the first push set out
-- (to the provincial service or the department); pushed_t, last_pushed_t: when the department took a push; answered_t: when
-- its first result set out; queries: single results asked for by number; hub_pushes: pushes to the provincial
-- service; cancels: attempts called back.
SELECT
    case_no,
    'power' AS item,
    '用电过户' AS title,
    (items >> 0) & 1 AS chosen,
    open,
    "registry.record first" AS recorded_t,
    least("power.push sent", "hub.push_power sent") AS sent_t,
    "power.push first" AS pushed_t,
    "power.push n" AS pushes,
    "power.push refused" + "hub.push_power refused" AS pushes_refused,
    "power.push last" AS last_pushed_t,
    "power.result sent" AS answered_t,
    "power.result last" AS last_answered_t,
    "power.result n" AS results,
    "power.query_status n" + "hub.query_power n" AS queries,
    "power.cancel n" AS cancels,
    "power.cancel first" AS cancelled_t,
    "hub.push_power n" AS hub_pushes
FROM moments
UNION ALL
SELECT
    case_no,
    'water' AS item,
    '用水过户' AS title,
    (items >> 1) & 1 AS chosen,
    open,
    "registry.record first" AS recorded_t,
    "water.push sent" AS sent_t,
    "water.push first" AS pushed_t,
    "water.push n" AS pushes,
    "water.push refused" AS pushes_refused,
    "water.push last" AS last_pushed_t,
    "water.result sent" AS answered_t,
    "water.result last" AS last_answered_t,
    "water.result n" AS results,
    "water.query_status n" AS queries,
    "water.cancel n" AS cancels,
    "water.cancel first" AS cancelled_t,
    0 AS hub_pushes
FROM moments
UNION ALL
SELECT
    case_no,
    'gas' AS item,
    '用气过户' AS title,
    (items >> 2) & 1 AS chosen,
    open,
    "registry.record first" AS recorded_t,
    "gas.push sent" AS sent_t,
    "gas.push first" AS pushed_t,
    "gas.push n" AS pushes,
    "gas.push refused" AS pushes_refused,
    "gas.push last" AS last_pushed_t,
    "gas.result sent" AS answered_t,
    "gas.result last" AS last_answered_t,
    "gas.result n" AS results,
    "gas.query_status n" AS queries,
    "gas.cancel n" AS cancels,
    "gas.cancel first" AS cancelled_t,
    0 AS hub_pushes
FROM moments
UNION ALL
SELECT
    case_no,
    'cable_tv' AS item,
    '广电过户' AS title,
    (items >> 3) & 1 AS chosen,
    open,
    "registry.record first" AS recorded_t,
    least("cable_tv.push sent", "hub.push_cable_tv sent") AS sent_t,
    "cable_tv.push first" AS pushed_t,
    "cable_tv.push n" AS pushes,
    "cable_tv.push refused" + "hub.push_cable_tv refused" AS pushes_refused,
    "cable_tv.push last" AS last_pushed_t,
    "cable_tv.result sent" AS answered_t,
    "cable_tv.result last" AS last_answered_t,
    "cable_tv.result n" AS results,
    "cable_tv.query_status n" + "hub.query_cable_tv n" AS queries,
    "cable_tv.cancel n" AS cancels,
    "cable_tv.cancel first" AS cancelled_t,
    "hub.push_cable_tv n" AS hub_pushes
FROM moments
UNION ALL
SELECT
    case_no,
    'housing_fund' AS item,
    '公积金提取' AS title,
    (items >> 4) & 1 AS chosen,
    open,
    "registry.record first" AS recorded_t,
    least("housing_fund.push sent", "hub.push_housing_fund sent") AS sent_t,
    "housing_fund.push first" AS pushed_t,
    "housing_fund.push n" AS pushes,
    "housing_fund.push refused" + "hub.push_housing_fund refused" AS pushes_refused,
    "housing_fund.push last" AS last_pushed_t,
    "housing_fund.result sent" AS answered_t,
    "housing_fund.result last" AS last_answered_t,
    "housing_fund.result n" AS results,
    "housing_fund.query_status n" + "hub.query_housing_fund n" AS queries,
    "housing_fund.cancel n" AS cancels,
    "housing_fund.cancel first" AS cancelled_t,
    "hub.push_housing_fund n" AS hub_pushes
FROM moments
