"""The UnionPay tax-and-fee channel: combined bills and orders, each under its own number (附件3 步骤5-12)."""

from contract.unionpay import QueryStatus
from fake_departments.unionpay_bills import BILL, BillFile
from fake_departments.unionpay_order_file import OrderFile
from fake_departments.unionpay_orders import ORDER, status
from fake_departments.unionpay_settings import Settings
from sim.table import Part, Role

ROLE = Role(
    "unionpay",
    "银联税费同缴通道",
    (Part(OrderFile, [ORDER], key="order_no"), Part(BillFile, [BILL], key="query_no")),
    Settings,
    {QueryStatus: status},
)
