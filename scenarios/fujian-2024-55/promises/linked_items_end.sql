-- title: 联办推送都有结果
-- clauses: FJ-1-05 FJ-2.2-04 FJ-3.4-15
-- kind: liveness
-- needs: water.result@water>registry gas.result@gas>registry power.result@power>hub
-- applies: 部门受理过联办推送、且已结束的办件
SELECT case_no, min(CASE WHEN results + queries = 0
        THEN title || '于 ' || clock(pushed_t) || ' 推送，至办件结束没有结果'
    END) AS evidence
FROM linked
WHERE pushes > 0 AND NOT open
GROUP BY case_no
