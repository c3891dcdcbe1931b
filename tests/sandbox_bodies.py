"""Bodies that tests of the server say: case 1 of seed 1, a home in 秀屿区 (350305)."""

from typing import Any

BUYER = {"name": "赵军旭", "id_type": "111", "id_no": "359999196802021732", "phone": "15447205438", "is_company": False}
SELLER = {
    "name": "薛慧洁",
    "id_type": "111",
    "id_no": "359999197005212725",
    "phone": "15463323997",
    "is_company": False,
}
UNIT = "350305003007GB00078F00160104"


def declaration(**changes: Any) -> dict[str, Any]:
    """A tax declaration."""
    facts = {
        "unit_code": UNIT, "price_fen": 41_800_000, "area_m2_x100": 5_841, "residential": True, "acquired_ms": 1_420_070_400_000,
        "original_price_fen": 30_000_000, "has_cost_documents": True, "sole_home": True, "buyer_home_count": 1,
        "buyer": BUYER, "seller": SELLER,
    }  # fmt: skip
    return {"registry_code": "350305", "price_fen": 41_800_000, "facts": facts} | changes
