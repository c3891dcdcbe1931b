-- title: 税费同缴十六步依次推进，三个阶段不倒退
-- clauses: FJ-A3-18 FJ-A3-01 FJ-A3-02 FJ-A3-03 FJ-A3-04 FJ-A3-05 FJ-A3-06 FJ-A3-07 FJ-A3-08 FJ-A3-09 FJ-A3-10
--   FJ-A3-11 FJ-A3-12 FJ-A3-13 FJ-A3-14 FJ-A3-15 FJ-A3-16
-- kind: safety
-- needs: hub.push_charges@registry>hub unionpay.query_bill@hub>unionpay unionpay.payment_notice@unionpay>hub
-- applies: 推送过计税计费信息的办件
-- Each step counts from its first sending. From 3 to 13 no step comes without the one before it; taking receipts is
-- optional.
WITH steps AS (
    SELECT * FROM seen WHERE step_2 IS NOT NULL
), judged AS (
    SELECT
        case_no,
        [
            step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8, step_9, step_10, step_11, step_12,
            step_13,
            step_14, step_15, step_16
        ] AS sent,
        CASE
            WHEN clearly_before(step_2, step_1) THEN 2
            WHEN clearly_before(step_3, step_2) THEN 3
            WHEN clearly_before(step_4, step_3) OR (step_4 IS NOT NULL AND step_3 IS NULL) THEN 4
            WHEN clearly_before(step_5, step_4) OR (step_5 IS NOT NULL AND step_4 IS NULL) THEN 5
            WHEN clearly_before(step_6, step_5) OR (step_6 IS NOT NULL AND step_5 IS NULL) THEN 6
            WHEN clearly_before(step_7, step_6) OR (step_7 IS NOT NULL AND step_6 IS NULL) THEN 7
            WHEN clearly_before(step_8, step_7) OR (step_8 IS NOT NULL AND step_7 IS NULL) THEN 8
            WHEN clearly_before(step_9, step_8) OR (step_9 IS NOT NULL AND step_8 IS NULL) THEN 9
            WHEN clearly_before(step_10, step_9) OR (step_10 IS NOT NULL AND step_9 IS NULL) THEN 10
            WHEN clearly_before(step_11, step_10) OR (step_11 IS NOT NULL AND step_10 IS NULL) THEN 11
            WHEN clearly_before(step_12, step_11) OR (step_12 IS NOT NULL AND step_11 IS NULL) THEN 12
            WHEN clearly_before(step_13, step_12) OR (step_13 IS NOT NULL AND step_12 IS NULL) THEN 13
            WHEN clearly_before(step_14, step_13) THEN 14
            WHEN clearly_before(step_15, step_14) THEN 15
            WHEN clearly_before(step_16, step_15) THEN 16
        END AS wrong
    FROM steps
)
SELECT
    case_no,
    CASE WHEN wrong IS NOT NULL
        THEN '第' || wrong || '步 ' || clock(sent[wrong])
            || coalesce(' 早于第' || (wrong - 1) || '步 ' || clock(sent[wrong - 1]), '，此前没有第' || (wrong - 1) || '步')
    END AS evidence
FROM judged
