-- title: 核税时限
-- clauses: FJ-3.2-08 FJ-A3-02
-- kind: timeliness
-- needs: tax.declare@hub>tax tax.assessed@tax>hub
-- applies: 税务返回过核税结果的办件
-- figure: tax_assessment
SELECT
    case_no,
    CASE WHEN took(declared_t, assessed_t) > getvariable('limit_figure')
        THEN '申报 ' || clock(declared_t) || '，核税结果 ' || clock(assessed_t)
    END AS evidence
FROM seen
WHERE declared_t IS NOT NULL AND assessed_t IS NOT NULL AND declared_t <= assessed_t
