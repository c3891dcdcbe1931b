"""The provincial service: taxes and fee for its registries, power, cable TV and housing fund for who is not linked.

A region that goes its own way in taxes has the same role at a seat of its own (FJ-69).
"""

from reference.hub_charges import CHARGES
from reference.hub_file import HubFile, Settings
from reference.hub_linked import LINKED
from reference.hub_payment import PAYMENT
from reference.hub_receipts import RECEIPTS
from reference.hub_reconciliation import RECONCILIATION
from sim.table import Part, Role

ROLE = Role(
    "hub", "省级“总对总”服务", (Part(HubFile, [CHARGES, PAYMENT, RECEIPTS, RECONCILIATION, *LINKED]),), Settings
)
