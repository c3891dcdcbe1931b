-- title: 登簿后交易与登记数据一并入库，且只一次
-- clauses: FJ-3.4-14 FJ-A2-02 FJ-3.2-02
-- kind: safety
-- needs: registry.record@clerk>registry data_exchange.receive@registry>data_exchange
-- applies: 已登簿且已结束的办件，以及推送过数据的办件
SELECT
    seen.case_no,
    CASE
        WHEN exchanged_t IS NULL THEN '登簿 ' || clock(recorded_t) || '，数据未入库'
        WHEN recorded_t IS NULL THEN '数据于 ' || clock(exchanged_t) || ' 推送，而该件未登簿'
        WHEN clearly_before(exchanged_t, recorded_t)
            THEN '数据于 ' || clock(exchanged_t) || ' 推送，早于登簿 ' || clock(recorded_t)
        WHEN coalesce(times, exchanges) > 1 + data_returned THEN '数据推送 ' || times || ' 次，退回 ' || data_returned || ' 次'
    END AS evidence
FROM seen LEFT JOIN repeated ON repeated.case_no = seen.case_no AND kind = 'data_exchange.receive'
WHERE exchanged_t IS NOT NULL OR (recorded_t IS NOT NULL AND NOT open)
