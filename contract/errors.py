"""Errors that several seats share; each seat declares its own beside its operations."""

from sim.message import Error

AMOUNT_DIFFERS = Error("amount_differs", "金额与应缴不符", "重新查询清单，按应缴金额提交")
ALREADY_PAID = Error("already_paid", "已销账，不得重复销账", "无须再缴；多扣款项由通道退回")
EXPIRED = Error("expired", "已过缴款期限", "重新申报或重新开具")
VOIDED = Error("voided", "已作废", "重新申报或重新开具")
NOT_PAID = Error("not_paid", "尚未缴纳", "缴清后再申请")
ACCOUNT_UNKNOWN = Error("account_unknown", "户号不存在或不属本单位", "核对户号后重新提交")
NAME_DIFFERS = Error("name_differs", "户主姓名与原产权人不符", "由原户主先行更正户名")
ARREARS = Error("arrears", "存在欠费", "结清欠费后重新提交")
ALREADY_DONE = Error("already_done", "该户已过户，重复申请", "无须重复办理")
ALREADY_RECORDED = Error("already_recorded", "已登簿，不能撤回", "如需恢复，另行申请转移登记")
APPLICANTS_MISSING = Error("applicants_missing", "申请缺少买方或卖方", "补齐双方信息后再提交")
