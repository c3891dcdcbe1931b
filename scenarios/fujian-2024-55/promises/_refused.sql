-- view
-- rows: *:refused
-- refused: one row per reply, notice or timer that its receiver did not take. Nobody answers these, so their senders never
-- hear of it; a refused request is heard by its sender, and is no more than a no.
SELECT id, cause, case_no, kind, sender, receiver, outcome, t_ms
FROM refused_rows
WHERE outcome >= 'refused:' AND outcome < 'refused;' AND (outcome = 'refused:unexpected' OR kind LIKE '%:refused' OR kind IN (
    'cable_tv.attached', 'cable_tv.cancelled', 'cable_tv.prechecked', 'cable_tv.push_accepted', 'cable_tv.result',
    'cable_tv.status', 'clerk.charges_stuck', 'clerk.linked_stuck', 'clerk.package_ready', 'clerk.task', 'data_exchange.data_returned',
    'data_exchange.filing_done', 'data_exchange.record', 'data_exchange.stored', 'gas.attached', 'gas.cancelled',
    'gas.prechecked', 'gas.push_accepted', 'gas.result', 'gas.status', 'gov_platform.backfilled',
    'gov_platform.case_stored', 'gov_platform.certificates_fetched', 'gov_platform.identity_verified',
    'gov_platform.items_distributed', 'gov_platform.my_case_shown', 'gov_platform.receipt_code_issued',
    'gov_platform.review_returned', 'gov_platform.signing_done', 'gov_platform.signing_expired',
    'gov_platform.title_certified', 'housing.net_sign', 'housing_fund.cancelled', 'housing_fund.push_accepted',
    'housing_fund.result', 'housing_fund.status', 'hub.cable_tv_result', 'hub.charges_cancelled',
    'hub.charges_lapsed', 'hub.charges_ready', 'hub.charges_returned', 'hub.housing_fund_result',
    'hub.payment_settled', 'hub.power_result', 'non_tax.bill', 'non_tax.pay_code_issued', 'non_tax.receipt',
    'non_tax.reversed', 'non_tax.void_done', 'non_tax.written_off', 'person.bill_shown', 'person.case_over',
    'person.cashier_opened', 'person.correction_asked', 'person.join_invited', 'person.login_failed',
    'person.payment_failed', 'person.receipts_ready', 'person.result_shown', 'person.review_invited',
    'person.sign_invited', 'person.told', 'person.upload_asked', 'portal.accepted', 'portal.closed',
    'portal.correction_asked', 'portal.not_accepted', 'portal.progress_shown', 'power.attached', 'power.cancelled', 'power.prechecked',
    'power.push_accepted', 'power.result', 'power.status', 'registry.seizure_answered', 'tax.assessed', 'tax.bill',
    'tax.certificate', 'tax.exempted', 'tax.returned', 'tax.treasury_refunded', 'tax.void_done', 'tax.written_off',
    'unionpay.bill_found', 'unionpay.cancelled', 'unionpay.card_returned', 'unionpay.order_created',
    'unionpay.payment_notice', 'unionpay.reconciliation_entry', 'unionpay.refunded', 'unionpay.reversed',
    'unionpay.split', 'unionpay.status_found', 'water.attached', 'water.cancelled', 'water.prechecked',
    'water.push_accepted', 'water.result', 'water.status'
))
