"""Mutants that other seats can tell from the reference and that still keep to the policy, each with the reason.

Such a mutant counts neither as killed nor as surviving. Whoever adds one must say what of the policy leaves it open; what a
scenario finds out all the same counts as killed.
"""

COMPLIANT: dict[str, str] = {
    "registry/main/charging/hub.charges_lapsed/order/portal.closed@portal": (
        "逾期作废后，办件结束通知等同时发出的报送有了回音才发，只晚几秒；政策没有给出这样短的时限"
    ),
}
"""Why, by the mutant's id."""
