-- title: 给人看的内容不含未脱敏的证件号与手机号（抽样正文）
-- clauses: FJ-4.3-02
-- kind: safety
-- applies: 留存正文中有通知或页面内容的办件
SELECT
    case_no,
    min(CASE WHEN regexp_matches(json, getvariable('id_number')) OR regexp_matches(json, getvariable('phone_number'))
        THEN kind || ' 中有未脱敏的' || CASE WHEN regexp_matches(json, getvariable('id_number')) THEN '证件号' ELSE '手机号' END
    END) AS evidence
FROM bodies
WHERE kind LIKE 'notify.%' OR kind LIKE 'person.%'
GROUP BY case_no
