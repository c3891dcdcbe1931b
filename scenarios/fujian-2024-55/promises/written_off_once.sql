-- title: 税票与缴款书至多销账一次
-- clauses: FJ-A3-11
-- kind: safety
-- needs: tax.write_off@unionpay>tax non_tax.write_off@unionpay>non_tax
-- applies: 有税票或缴款书销账的办件
SELECT case_no, min(CASE WHEN paid_times > 1
        THEN '号码 ' || number || ' 销账 ' || paid_times || ' 次'
    END) AS evidence
FROM numbers
WHERE paid_times > 0
GROUP BY case_no
