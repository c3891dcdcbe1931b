-- title: 撤回的办件处处取消
-- clauses: FJ-2.2-04 FJ-3.2-09
-- kind: safety
-- needs: registry.withdraw@portal>registry hub.cancel_charges@registry>hub
-- applies: 登记机构同意撤回、或分发前撤回的办件
-- inferred: 原文未写撤回；级联取消为测试设计
WITH pushed AS (
    SELECT DISTINCT case_no FROM linked WHERE sent_t IS NOT NULL
)
SELECT
    case_no,
    CASE
        WHEN withdrawn_t < last_recorded_t THEN '撤回 ' || clock(withdrawn_t) || ' 之后仍登簿 ' || clock(last_recorded_t)
        WHEN withdrawn_t IS NOT NULL AND pushed.case_no IS NOT NULL THEN '撤回的办件推送了联办事项'
        WHEN open THEN NULL
        WHEN withdrawn_t IS NOT NULL AND accepted_t IS NOT NULL AND cancelling_t IS NULL
            THEN '撤回 ' || clock(withdrawn_t) || '，没有取消税费'
        WHEN withdrawn_t IS NOT NULL AND accepted_t IS NOT NULL AND charges_cancelled_t IS NULL THEN '取消税费后没有结果'
        WHEN charges_cancelled_t IS NOT NULL AND charges_returned_fen <> tax_paid_fen + fee_paid_fen
            THEN '已缴 ' || yuan(tax_paid_fen + fee_paid_fen) || '，告知退回 ' || yuan(charges_returned_fen)
        WHEN withdrawn_t IS NULL AND signing_t < portal_withdraw_t AND signing_done_t IS NULL
            AND signings_cancelled = 0
            THEN '分发前撤回，没有取消签署'
    END AS evidence
FROM seen JOIN paid USING (case_no) LEFT JOIN pushed USING (case_no)
WHERE withdrawn_t IS NOT NULL OR (portal_withdraw_t IS NOT NULL AND distributed_t IS NULL)
