-- title: 住建对回流数据给出备案回执，视同网签备案完成
-- clauses: FJ-A2-02 FJ-2.1-05 FJ-3.2-02
-- kind: liveness
-- needs: data_exchange.record@data_exchange>housing data_exchange.filing_receipt@housing>data_exchange
-- applies: 数据已入库、且已结束的办件
-- inferred: 原文只写“视同完成”，备案回执为测试设计
SELECT
    case_no,
    CASE
        WHEN flowed_t IS NULL THEN '数据 ' || clock(exchanged_t) || ' 入库后没有回流住建'
        WHEN filing_receipt_t IS NULL THEN '回流 ' || clock(flowed_t) || ' 后住建没有回执'
        WHEN clearly_before(filing_receipt_t, flowed_t)
            THEN '回执 ' || clock(filing_receipt_t) || ' 早于回流 ' || clock(flowed_t)
        WHEN filed_t IS NULL THEN '住建回执 ' || clock(filing_receipt_t) || ' 后没有告知备案完成'
    END AS evidence
FROM seen
WHERE exchanged_t IS NOT NULL AND NOT open
