-- title: 公积金提取在法定时限内作出决定
-- clauses: FJ-2.1-10 FJ-A4-07
-- kind: timeliness
-- needs: housing_fund.push@hub>housing_fund housing_fund.result@housing_fund>hub
-- applies: 公积金中心受理过并作出决定的办件
-- figure: housing_fund_decision
-- inferred: 3日见《住房公积金管理条例》第二十五条，不是本方案的规定；按工作日计为自拟
-- A result comes after its decision, so only a late result needs a look at when the decision was made.
WITH late AS (
    SELECT case_no
    FROM linked
    WHERE item = 'housing_fund' AND took(pushed_t, last_answered_t) > getvariable('limit_figure')
), told AS (
    SELECT id, cause, case_no, kind, sender, receiver, ok, t_ms
    FROM fund
    WHERE case_no IN (SELECT case_no FROM late)
), decided AS (
    -- the centre's own message that the result follows from; where we cannot see it, the result itself
    SELECT
        result.case_no,
        coalesce(own.t_ms, result.t_ms) AS decided_t,
        lag(decided_t) OVER (PARTITION BY result.case_no ORDER BY decided_t) AS previous_t
    FROM told AS result
    LEFT JOIN told AS own ON own.id = result.cause AND own.case_no = result.case_no AND own.sender = own.receiver
    WHERE result.kind = 'housing_fund.result'
), rounds AS (
    SELECT decided.case_no, decided_t, min(push.t_ms) AS pushed_t
    FROM decided JOIN told AS push ON push.case_no = decided.case_no AND push.kind = 'housing_fund.push' AND push.ok
        AND push.t_ms <= decided_t AND push.t_ms > coalesce(previous_t, 0)
    GROUP BY decided.case_no, decided_t
), overdue AS (
    SELECT case_no, min(CASE WHEN took(pushed_t, decided_t) > getvariable('limit_figure')
        THEN '受理 ' || clock(pushed_t) || '，决定 ' || clock(decided_t)
    END) AS evidence
    FROM rounds
    GROUP BY case_no
)
SELECT case_no, evidence
FROM linked LEFT JOIN overdue USING (case_no)
WHERE item = 'housing_fund' AND pushes > 0 AND last_answered_t IS NOT NULL
