"""The faces: how what is declared once is spoken over a wire. A face translates and decides nothing about the domain."""
