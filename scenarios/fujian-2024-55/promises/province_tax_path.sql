-- title: 其余地区的税费都经省级税费同缴汇集
-- clauses: FJ-A3-17 FJ-3.4-08
-- kind: safety
-- needs: tax.declare@hub>tax non_tax.issue_pay_code@hub>non_tax unionpay.query_bill@hub>unionpay
-- found_by: hub.push_charges@registry>hub
-- applies: 走省级税费同缴的地区推送过计税信息的办件
-- tax_path: province
WITH strayed AS (
    SELECT case_no, min(sender || ' → ' || receiver || ' ' || kind || '（' || clock(t_ms) || '）') AS evidence
    FROM journal
    WHERE case_no IN (SELECT case_no FROM seen WHERE charged_past_hub > 0) AND ok AND sender <> 'hub' AND kind IN (
        'tax.declare', 'non_tax.issue_pay_code', 'unionpay.query_bill', 'unionpay.create_order'
    )
    GROUP BY case_no
)
SELECT case_no, evidence
FROM seen LEFT JOIN strayed USING (case_no)
WHERE charges_pushed_t IS NOT NULL OR evidence IS NOT NULL
