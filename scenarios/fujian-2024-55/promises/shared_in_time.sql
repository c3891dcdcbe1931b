-- title: 登簿到数据入库的时限
-- clauses: FJ-3.2-02 FJ-3.4-14
-- kind: timeliness
-- needs: data_exchange.receive@registry>data_exchange
-- applies: 已登簿且数据入库的办件
-- figure: data_sharing
SELECT
    case_no,
    CASE WHEN took(recorded_t, exchanged_t) > getvariable('limit_figure')
        THEN '登簿 ' || clock(recorded_t) || '，数据入库 ' || clock(exchanged_t)
    END AS evidence
FROM seen
WHERE recorded_t IS NOT NULL AND exchanged_t IS NOT NULL
