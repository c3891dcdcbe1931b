-- view
-- seen: one row per case, what most promises read. The "kind what" columns come from one pass over the journal, see
-- sim/judge/moments.py. n: times heard; first, last: when; sent: when first sent; refused: times refused; fen, top: sum and
-- largest of the amounts; zero: when first heard with amount 0; asked: when first sent, refused or not. Times are epoch ms; what never happened is null.
SELECT
    case_no, region, registry, channel, items, open,
    -- application, identity, signing, distribution (附件1 ①-⑤)
    coalesce("portal.apply first", "clerk.visit first") AS applied_t,
    least("portal.apply first", "portal.join first") AS authorised_t,
    least("gov_platform.fetch_certificates first", "gov_platform.backfill first",
    "housing.find_net_sign first") AS looked_up_t,
    "gov_platform.issue_receipt_code n" AS codes_issued,
    "gov_platform.start_signing first" AS signing_t,
    "gov_platform.signing_done first" AS signing_done_t,
    -- each side identified and signed, by itself or at the window by the clerk before whom it stood
    "gov_platform.verify_identity=buyer first" AS buyer_identified_t,
    "gov_platform.verify_identity=seller first" AS seller_identified_t,
    least("buyer>gov_platform.sign=buyer first", "clerk>gov_platform.sign=buyer first") AS buyer_signed_t,
    least("seller>gov_platform.sign=seller first", "clerk>gov_platform.sign=seller first") AS seller_signed_t,
    "clerk>gov_platform.sign n" > 0 AS clerk_signed,
    "gov_platform.cancel_signing n" AS signings_cancelled,
    least("registry.receive first", "registry.receive_at_window first") AS distributed_t,
    -- acceptance, recording, other ends (附件1 ⑥-⑩)
    "registry.accept first" AS accepted_t,
    "registry.ask_correction first" AS correction_t,
    least("registry.accept first", "registry.ask_correction first", "registry.decline first") AS first_decided_t,
    "registry.record first" AS recorded_t,
    "registry.record last" AS last_recorded_t,
    "registry.record n" AS recordings,
    "registry.seize first" AS seized_t,
    "portal.withdraw first" AS portal_withdraw_t,
    "registry.withdraw first" AS withdrawn_t,
    "portal.not_accepted n" AS not_accepted,
    "portal.closed first" AS closed_t,
    "portal.closed n" AS closings,
    "person.case_over first" AS over_t,
    -- taxes and fees; what was paid is in _paid.sql
    "hub.push_charges first" AS charges_pushed_t,
    "hub.charges_ready first" AS ready_t,
    "hub.charges_ready top" AS ready_fen,
    "hub.charges_ready zero" AS exempt_t,
    "hub.payment_settled first" AS settled_t,
    "hub.payment_settled top" AS settled_fen,
    "hub.cancel_charges first" AS cancelling_t,
    "hub.charges_cancelled first" AS charges_cancelled_t,
    "hub.charges_cancelled top" AS charges_returned_fen,
    "tax.declare last" AS declared_t,
    greatest("tax.assessed last", "tax.exempted last", "tax.returned last") AS assessed_t,
    -- heard from anybody but the provincial service
    "!hub>tax.declare n" + "!hub>non_tax.issue_pay_code n" + "!hub>unionpay.query_bill n"
    + "!hub>unionpay.create_order n" AS charged_past_hub,
    "unionpay.debited fen" AS debited_fen,
    "tax.treasury_refunded fen" AS treasury_refunded_fen,
    "non_tax.reverse fen" AS fee_reversed_fen,
    "unionpay.refunded fen" AS card_refunded_fen,
    -- data exchange and filing (附件2)
    "data_exchange.receive first" AS exchanged_t,
    "data_exchange.receive n" AS exchanges,
    "data_exchange.data_returned n" AS data_returned,
    "data_exchange.record first" AS flowed_t,
    "data_exchange.filing_receipt first" AS filing_receipt_t,
    "data_exchange.filing_done first" AS filed_t,
    -- platforms and review (附件5)
    "gov_platform.progress@gov_platform n" AS progress_province,
    "gov_platform.progress@city_platform n" AS progress_city,
    "gov_platform.report_main n" AS main_reports,
    "gov_platform.report_main last" AS last_reported_t,
    "gov_platform.report_package n" AS package_reports,
    "gov_platform.items_distributed first" AS items_distributed_t,
    "gov_platform.report_item n" AS item_reports,
    "gov_platform.open_review first" AS review_opened_t,
    "gov_platform.rate first" AS rated_t,
    "gov_platform.rate n" AS ratings,
    -- the sixteen steps of 附件3: when each was first sent, whether or not it arrived; what the channel asks of tax and
    -- non-tax in steps 6 and 11 has been asked whatever they say: a refused voucher is an answer too, and so is
    -- step 3, the text message asking for payment
    "portal.apply sent" AS step_1,
    "hub.push_charges sent" AS step_2,
    "notify.sms=payment asked" AS step_3,
    "gov_platform.go_to_payment sent" AS step_4,
    "unionpay.query_bill sent" AS step_5,
    least("non_tax.query_bill asked", "tax.query_bill asked") AS step_6,
    "unionpay.bill_found sent" AS step_7,
    "person.bill_shown sent" AS step_8,
    "unionpay.create_order sent" AS step_9,
    "unionpay.debited first" AS step_10,
    least("non_tax.write_off asked", "tax.write_off asked") AS step_11,
    "unionpay.payment_notice sent" AS step_12,
    "person.result_shown sent" AS step_13,
    "gov_platform.ask_receipts sent" AS step_14,
    least("tax.fetch_certificate sent", "non_tax.fetch_receipt sent") AS step_15,
    "person.receipts_ready sent" AS step_16
FROM moments
