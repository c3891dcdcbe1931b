"""Dialects (接口适配): how a partner's wire format maps to our messages, as data that is read once and serves both ways.

A dialect is a TOML file. It says nothing that our contract does not: which of our operations lies where, and how its fields
are called, nested, coded and measured on the other side. Nothing in it is evaluated.
"""
