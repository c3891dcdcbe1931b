-- title: 自建税费通道的地区不经省级税费同缴
-- clauses: FJ-3.4-09 FJ-3.4-13
-- kind: safety
-- applies: 自建税费通道地区（厦门）受理过的办件
-- tax_path: local
WITH strayed AS (
    SELECT case_no, min(sender || ' → ' || receiver || ' ' || kind || '（' || clock(t_ms) || '）') AS evidence
    FROM journal
    WHERE case_no > 0 AND sender <> receiver AND (
        receiver IN ('tax', 'non_tax', 'unionpay') OR sender IN ('tax', 'non_tax', 'unionpay')
        -- the provincial service does serve them for linked items
        OR ((receiver = 'hub' OR sender = 'hub') AND item NOT IN ('power', 'cable_tv', 'housing_fund'))
    )
    GROUP BY case_no
)
SELECT case_no, evidence
FROM seen LEFT JOIN strayed USING (case_no)
WHERE accepted_t IS NOT NULL OR evidence IS NOT NULL
