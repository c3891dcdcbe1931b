-- title: 缴款结果在税、费都销账之后才通知
-- clauses: FJ-A3-11 FJ-A3-12
-- kind: safety
-- needs: unionpay.payment_notice@unionpay>hub tax.write_off@unionpay>tax non_tax.write_off@unionpay>non_tax
-- applies: 收到过缴款结果通知的办件
-- A notice and its splits come of one message; where causes cannot be seen, all numbers belong to the case's only
-- order.
WITH notices AS (
    SELECT
        case_no, ref AS order_no, cause, min(asked_ms) AS sent_t,
        count(*) OVER (PARTITION BY case_no) AS notices
    FROM money
    WHERE kind = 'unionpay.payment_notice'
    GROUP BY case_no, ref, cause
)
SELECT
    notices.case_no,
    min(CASE WHEN number IS NOT NULL AND (paid_t IS NULL OR clearly_before(sent_t, paid_t))
        THEN '订单 ' || order_no || ' 于 ' || clock(sent_t) || ' 通知缴款结果，号码 ' || number
        || coalesce(' 于 ' || clock(paid_t) || ' 才销账', ' 未销账')
    END) AS evidence
FROM notices LEFT JOIN numbers ON numbers.case_no = notices.case_no AND split_cause = cause AND (cause > 0
    OR notices = 1)
GROUP BY notices.case_no
