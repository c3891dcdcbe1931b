-- title: 清分与销账逐号一致
-- clauses: FJ-3.2-03 FJ-A3-11
-- kind: safety
-- needs: unionpay.split@unionpay>tax unionpay.split@unionpay>non_tax tax.write_off@unionpay>tax
-- applies: 有税票或缴款书销账、且已结束的办件
-- inferred: 清分报文的逐号核对为测试设计，原文只要求后台自动清分
SELECT
    case_no,
    min(CASE WHEN paid_fen IS DISTINCT FROM split_fen
        THEN '号码 ' || number || ' 销账 ' || coalesce(yuan(paid_fen), '无') || '，清分 ' || coalesce(yuan(split_fen), '无')
    END) AS evidence
FROM numbers
WHERE case_no NOT IN (SELECT case_no FROM cases WHERE open) AND (paid_fen IS NOT NULL OR split_fen IS NOT NULL)
GROUP BY case_no
