-- title: 通知待缴之后群众才缴款
-- clauses: FJ-A3-03
-- kind: safety
-- needs: notify.sms@registry>notify unionpay.debited@unionpay>unionpay
-- applies: 发生过银行扣款的办件
SELECT
    case_no,
    CASE
        WHEN step_3 IS NULL THEN '扣款 ' || clock(step_10) || '，没有发过待缴通知'
        WHEN clearly_before(step_10, step_3)
            THEN '扣款 ' || clock(step_10) || ' 早于待缴通知 ' || clock(step_3)
    END AS evidence
FROM seen
WHERE step_10 IS NOT NULL
