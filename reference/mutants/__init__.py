"""Mutants of the reference (缺陷植入): its roles with one defect each, made when they are asked for; its files stay as they are.

`rules` copies a role's tables rule by rule, `operators` makes mutants from the rules themselves, the modules `by_hand_*`
hold the defects that vendors really make.
"""
