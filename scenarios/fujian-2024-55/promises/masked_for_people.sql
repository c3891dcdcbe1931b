-- title: 给人看的内容不含未脱敏的证件号与手机号（抽样正文）
-- clauses: FJ-4.3-02
-- kind: safety
-- applies: 留存正文中有通知或页面内容的办件
WITH shown AS (
    -- a tax office's code has the digits of a mobile number, and is nobody's
    SELECT case_no, kind, regexp_replace(json, '"office" *: *"[0-9]+"', '', 'g') AS text
    FROM bodies
    WHERE kind LIKE 'notify.%' OR kind LIKE 'person.%'
)
SELECT
    case_no,
    min(CASE
        WHEN regexp_matches(text, getvariable('id_number')) THEN kind || ' 中有未脱敏的证件号'
        WHEN regexp_matches(text, getvariable('phone_number')) THEN kind || ' 中有未脱敏的手机号'
    END) AS evidence
FROM shown
GROUP BY case_no
