"""OpenAPI 3.1 documents of the sandbox, made from the declarations: one of everything, and one for each seat."""

import json
from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Final

from sim.faces.doors import Directory, Door
from sim.faces.openapi.fixed import ACKNOWLEDGED, DIALECT, FIELD_PROBLEM, PROBLEM, shared_parameters, shared_responses
from sim.faces.openapi.operations import operation_of, records_of, webhook_of

VERSION: Final = "0.1.0"
BASE: Final = "http://liantiao.invalid"
"""Stands for the server's address in a document that is kept; replaced by the address it is asked for at."""
ABOUT: Final = (
    "二手房转移登记“一件事”联调沙箱。没有哪份政策文件公布过报文格式，这里的接口是我们自己拟定的。"
    "金额以分计，时刻为 Unix 毫秒数，正文为 UTF-8 的 JSON。"
)


class Documents:
    """The documents of one contract, each built when first asked for and kept as bytes."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._kept: dict[tuple[str, str, bool], bytes] = {}
        self._owner: dict[str, str] = {}
        for seat, doors in directory.doors.items():
            for door in doors.doors:
                self._owner.setdefault(door.kind.op.name, seat)

    # ---- as served ----------------------------------------------------------------------------------------------------
    def whole_bytes(self, base: str, control: dict[str, Any]) -> bytes:
        """The document of everything; `control` is the control API's own."""
        if ("", "", True) not in self._kept:
            self._kept["", "", True] = encoded(self.whole(BASE, control))
        return self._kept["", "", True].replace(BASE.encode(), base.encode())

    def seat_bytes(self, seat: str, base: str, run: str = "", *, signed: bool = True) -> bytes:
        """The document of one seat of a run, or of any run."""
        if (seat, run, signed) not in self._kept:
            if len(self._kept) > 200:
                self._kept.clear()
            self._kept[seat, run, signed] = encoded(self.seat(seat, BASE, run, signed=signed))
        return self._kept[seat, run, signed].replace(BASE.encode(), base.encode())

    # ---- as built ------------------------------------------------------------------------------------------------------
    def whole(self, base: str, control: dict[str, Any] | None = None) -> dict[str, Any]:
        """Every seat below `/runs/{run}/{seat}`, what our parties call elsewhere, and the control API."""
        paths: dict[str, Any] = {}
        doors: list[Door] = []
        tags = []
        run = {"name": "run", "in": "path", "required": True, "schema": {"type": "string"}, "description": "联调批次",
               "example": "demo"}  # fmt: skip
        for seat, seat_doors in self.directory.doors.items():
            tags.append({"name": seat, "description": seat_doors.role.title})
            for door in seat_doors.doors:
                own = self._owner[door.kind.op.name] == seat
                name = door.kind.op.name if own else f"{door.kind.op.name}@{seat}"
                there = paths.setdefault(f"/runs/{{run}}/{seat}{door.path}", {"parameters": [run]})
                there[door.method.lower()] = operation_of(door, self.directory, name, seat)
                doors.append(door)
        document = self._framed("联调沙箱：全部席位", [{"url": base}], paths, doors)
        document |= {"tags": tags, "webhooks": self._webhooks(self._called_back())}
        return document if control is None else with_control(document, control)

    def seat(self, seat: str, base: str, run: str = "", *, signed: bool = True) -> dict[str, Any]:
        """What one seat hears, below its own address, and what it says to others; `signed` as in `operation_of`."""
        seat_doors = self.directory.doors[seat]
        paths: dict[str, Any] = {}
        for door in seat_doors.doors:
            shown = operation_of(door, self.directory, door.kind.op.name, seat, signed=signed)
            paths.setdefault(door.path, {})[door.method.lower()] = shown
        server: dict[str, Any] = {"url": f"{base}/runs/{run or '{run}'}/{seat}"}
        if not run:
            server["variables"] = {"run": {"default": "demo", "description": "联调批次"}}
        title = f"{seat_doors.role.title}（{seat}）"
        said = self._said_by(seat)
        document = self._framed(title, [server], paths, [*seat_doors.doors, *said])
        document["tags"] = [{"name": seat, "description": seat_doors.role.title}]
        return document | {"webhooks": self._webhooks(said)}

    def _framed(self, title: str, servers: list[Any], paths: dict[str, Any], doors: list[Door]) -> dict[str, Any]:
        schemas = {"Problem": PROBLEM, "FieldProblem": FIELD_PROBLEM, "Acknowledged": ACKNOWLEDGED}
        return {
            "openapi": "3.1.0", "jsonSchemaDialect": DIALECT,
            "info": {"title": title, "version": VERSION, "description": ABOUT}, "servers": servers, "paths": paths,
            "components": {
                "schemas": schemas | records_of(doors, self.directory),
                "responses": shared_responses(), "parameters": shared_parameters(),
            },
        }  # fmt: skip

    # ---- what our parties call -----------------------------------------------------------------------------------------
    def _said_by(self, seat: str) -> list[Door]:
        role = self.directory.seats[seat]
        ways = self.directory.ways
        return [door for door in self._every_door() if role in ways.get(door.kind.op.name, ((), ()))[0]]

    def _called_back(self) -> list[Door]:
        """What anybody says to seats other than his own."""
        return [door for door in self._every_door() if self.directory.senders(door.kind)]

    def _every_door(self) -> list[Door]:
        return [
            door
            for seat, doors in self.directory.doors.items()
            for door in doors.doors
            if self._owner[door.kind.op.name] == seat
        ]

    def _webhooks(self, doors: Iterable[Door]) -> dict[str, Any]:
        return {door.kind.op.name: {door.method.lower(): self._webhook(door)} for door in doors}

    def _webhook(self, door: Door) -> dict[str, Any]:
        return webhook_of(door, self.directory.replies.get(door.kind), self._owner[door.kind.op.name])


def with_control(document: dict[str, Any], control: dict[str, Any]) -> dict[str, Any]:
    """The document with the control API's paths; each wants the token, and says no as everybody here does."""
    problem = {
        "description": "不能办理",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    control = deepcopy(control)
    for path, methods in control.get("paths", {}).items():
        for shown in methods.values():
            answers = {code: each for code, each in shown["responses"].items() if code != "422"}
            refusing = dict.fromkeys(("400", "401", "404", "405", "409", "413", "503"), problem)
            shown |= {"responses": answers | refusing, "security": [{"token": []}], "tags": ["control"]}
        document["paths"].setdefault(path, {}).update(methods)
    schemas = {
        name: each for name, each in control.get("components", {}).get("schemas", {}).items()
        if name not in ("HTTPValidationError", "ValidationError")
    }  # fmt: skip
    document["components"]["schemas"] |= schemas
    token = {"type": "http", "scheme": "bearer", "description": "启动时显示的控制令牌"}
    document["components"]["securitySchemes"] = {"token": token}
    document["tags"].append({"name": "control", "description": "控制接口：批次、时钟、日志"})
    return document


def encoded(document: dict[str, Any]) -> bytes:
    """A document as it is served."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
