"""What people call the fields of messages: a Chinese title for every name the declarations use."""

from typing import Final

from sim.message import Message

_TITLES: Final = """
about 事由; accept_no 受理编号; acceptance_no 业务受理号; account 户号或个人账号; accounts 各联办事项户号; acquired_ms 取得时间（毫秒）;
action 处理措施; address 坐落; amount_fen 金额（分）; answer_code 应答码; application 套餐申请; area_m2_x100 面积（平方米 × 100）;
asked_fen 申请提取额（分）; at_ms 发生时间（毫秒）; authorisation 授权书编号; bank_account_name 收款账户户名; batch_no 数据批次号;
buyer 买方; buyer_home_count 买方家庭住房套数; buyers 买方; case_code 办件编号; centre 公积金中心; certificate_no 完税凭证号;
channel 申请渠道; charge 缴款项; charges 缴款项; check_code 票据校验码; complete 是否齐全; contract_no 网签合同编号; copies 加印证书本数;
detail 原因说明; difference_fen 差额（分）; document_no 文书号; documents 材料清单; error 错误码; exempt 减免依据; facts 涉税信息;
fee_exempt 登记费减免依据; fields 回填项; filed 是否已备案; files 附件清单; filing_no 备案编号; follow_up 是否需整改; found 已获取证照;
has_cost_documents 有无原值凭证; holders 权利人; home 不动产; id_no 证件号码; id_nos 证件号码; id_type 证件类型代码; is_company 是否单位;
item 事项; item_code 事项编码;
items 事项; kinds 证照种类; mark 电子证照标识; masked_phone 脱敏手机号; missing 缺失项; n 次数; name 姓名或名称;
new_owner 新户主; number 应征凭证序号或缴款书号; numbers 应征凭证序号或缴款书号; office 征收机关代码; old_owner_name 原户主姓名;
order_no 银联订单号; origin_code 原交易应答码; original_price_fen 原购房价款（分）; outcome 办理结果; owner_name 户主姓名; paid 已缴项;
paid_by 缴款订单号; passed 是否通过; pay_code 缴款书号; payer 缴款人; payer_id_no 纳税人识别号; payer_name 缴款人名称; person 当事人;
persons 当事人; phone 联系电话; post 岗位; price_fen 成交价（分）; query_no 缴费查询号; reason 原因; reason_code 原因代码; reasons 原因;
receipt 申请回执号; receipt_code 收件码; receipt_no 票据号码; recorded_ms 登簿时间（毫秒）; red_receipt_no 红字票据号码;
registry_code 登记机构编码; remark 备注; residential 是否住宅; result 办理结果; results 各事项结果; returned 退回项;
returned_fen 退回金额（分）; role 角色; score 评价等级; seal_no 签章编号; seller 卖方; sellers 卖方; serial 序号; settle_date 清算日期;
settled 是否缴清; signers 签署人; sole_home 是否家庭唯一住房; sort 税或费; stage 环节; status 状态; taken 是否已取走; template 短信模板;
term_ms 期限（毫秒）; text 正文;
title 名称; title_no 不动产权证书号; tn 银联受理订单号; to 接收人; token 认证凭据; total_fen 合计（分）; transfer 过户信息;
unit_code 不动产单元代码; voucher_no 应征凭证序号; what 补正内容; where 差异所在; withdrawal 提取信息; written_off 已销账项
"""
_SPLIT: Final = [each.strip().partition(" ") for each in _TITLES.replace("\n", " ").split(";")]
TITLES: Final = {name: title.strip() for name, _, title in _SPLIT}
RECORDS: Final = {
    "Application": "套餐申请", "Charge": "缴款项", "Home": "不动产", "Person": "当事人", "TaxFacts": "涉税信息",
    "Transfer": "过户信息", "Withdrawal": "提取信息",
}  # fmt: skip


def title_of(field: str) -> str:
    """The Chinese title of a field, or its name where none is known."""
    return TITLES.get(field, field)


def record_title(record: type) -> str:
    """The Chinese title of a message or of a record that messages carry."""
    return record.op.title if issubclass(record, Message) else RECORDS.get(record.__name__, record.__name__)
