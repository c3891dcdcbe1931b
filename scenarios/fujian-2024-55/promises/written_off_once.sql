-- title: 税票与缴款书至多销账一次，不跨办件、不跨订单
-- clauses: FJ-A3-11
-- kind: safety
-- needs: tax.write_off@unionpay>tax non_tax.write_off@unionpay>non_tax
-- applies: 有税票或缴款书销账的办件
WITH shared AS (
    SELECT number, min(case_no) AS one, max(case_no) AS another
    FROM numbers
    WHERE paid_times > 0
    GROUP BY number
    HAVING min(case_no) < max(case_no)
)
SELECT case_no, min(CASE
    WHEN paid_times > 1 THEN '号码 ' || number || ' 销账 ' || paid_times || ' 次'
    WHEN orders > 1 THEN '号码 ' || number || ' 由不止一笔订单销账并清分'
    WHEN one IS NOT NULL THEN '号码 ' || number || ' 在另一办件 ' || CASE WHEN case_no = one THEN another ELSE one END || ' 也销账'
END) AS evidence
FROM numbers LEFT JOIN shared USING (number)
WHERE paid_times > 0
GROUP BY case_no
