"""Trees on the wire: JSON, forms and XML, in UTF-8 or GBK. In forms and XML every leaf is text."""

import json
import re
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from sim.faces.dialects.errors import UnsayableError
from sim.faces.dialects.paths import MISSING

JSON, FORM, XML = "json", "form", "xml"
BODIES: Final = (JSON, FORM, XML)
ENCODINGS: Final = ("utf-8", "gbk")
_TYPES: Final = {JSON: "application/json", FORM: "application/x-www-form-urlencoded", XML: "application/xml"}
_SUIT: Final = {JSON: ("json", "text/plain"), XML: ("xml", "text/plain"), FORM: ("form-urlencoded", "text/plain")}
_INDEX: Final = re.compile(r"([^\[\]]+)(?:\[([0-9]{1,3})\])?")
_HEAD: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MOST_DEEP: Final = 32
Tree = dict[str, Any]


def content_type(body: str, encoding: str) -> str:
    """The header that says what it is."""
    return f"{_TYPES[body]}; charset={encoding}"


def suits(body: str, said: str) -> bool:
    """Whether a content type can be what a body is to be; what says nothing can, a web page never."""
    kind = said.partition(";")[0].strip().lower()
    return not kind or any(each in kind for each in _SUIT[body])


def write(body: str, encoding: str, tree: Tree, root: str) -> bytes:
    """The tree's bytes. Raises UnsayableError for a character that the encoding has not."""
    if body == FORM:
        try:
            return urlencode(list(flat(tree)), encoding=encoding, errors="strict").encode("ascii")
        except UnicodeEncodeError as error:
            raise _no_such_character(encoding, error) from None
    text = _xml(tree, root, encoding) if body == XML else json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise _no_such_character(encoding, error) from None


def read(body: str, encoding: str, raw: bytes) -> Tree:
    """The tree in these bytes. Raises UnsayableError."""
    try:
        text = raw.decode("ascii" if body == FORM else encoding)
    except UnicodeDecodeError:
        raise UnsayableError("malformed", f"正文不是 {encoding.upper()} 编码") from None
    try:
        if body == FORM:
            return unflat(
                parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), encoding=encoding, errors="strict")
            )
        if body == XML:
            return _tree_of(text)
        found = json.loads(text, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError, ElementTree.ParseError) as error:
        raise UnsayableError("malformed", f"正文不是完整的 {body.upper()}（{str(error)[:80]}）") from None
    if not isinstance(found, dict):
        raise UnsayableError("malformed", "正文应为 JSON 对象")
    return found


def _no_such_character(encoding: str, error: UnicodeEncodeError) -> UnsayableError:
    return UnsayableError("cannot_encode", f"字符“{error.object[error.start]}”不在 {encoding.upper()} 之内")


def _decimal(text: str) -> Decimal:
    if len(text) > 40:
        raise ValueError("数太长")
    return Decimal(text)


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} 不是 JSON")


def _once(pairs: list[tuple[str, Any]]) -> Tree:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("键重复")
    return found


# ---- forms ----------------------------------------------------------------------------------------------------------
def flat(tree: Any, path: str = "") -> "list[tuple[str, str]]":
    """The leaves by name, as in `a.b[0].c`; a list's entries are numbered from 0, nothing is said of an empty one."""
    if isinstance(tree, dict):
        return [each for name, inside in tree.items() for each in flat(inside, f"{path}.{name}" if path else name)]
    if isinstance(tree, list):
        return [each for at, inside in enumerate(tree) for each in flat(inside, f"{path}[{at}]")]
    return [] if tree is None else [(path, leaf_text(tree))]


def leaf_text(leaf: Any) -> str:
    """A leaf as text."""
    return ("true" if leaf else "false") if isinstance(leaf, bool) else str(leaf)


def unflat(pairs: list[tuple[str, str]]) -> Tree:
    """The tree that `flat` took apart; a name without a number that is there twice is a list too."""
    tree: Tree = {}
    for path, text in pairs:
        at: Any = tree
        parts = path.split(".")
        for place, part in enumerate(parts):
            found = _INDEX.fullmatch(part)
            if found is None or place > MOST_DEEP:
                raise ValueError(f"名称“{path[:40]}”读不懂")
            at = _step(at, found[1], found[2], text if place == len(parts) - 1 else None)
    return tree


def _step(at: Tree, name: str, number: str | None, text: str | None) -> Any:
    """One step into a form's tree, or its leaf if there is a text."""
    if number is None:
        if text is None:
            inside = at.setdefault(name, {})
        else:
            _collect(at, name, text)
            return at
    else:
        entries = at.setdefault(name, [])
        if not isinstance(entries, list) or int(number) > len(entries):
            raise ValueError(f"列表“{name[:40]}”的序号不连续")
        if int(number) == len(entries):
            entries.append({} if text is None else text)
        inside = entries[int(number)]
    if text is None and not isinstance(inside, dict):
        raise ValueError(f"“{name[:40]}”既是值又是对象")
    return inside


def _collect(at: Tree, name: str, value: Any) -> None:
    """Put a value below its name, or add it to those that are there already."""
    known = at.get(name, MISSING)
    if known is MISSING:
        at[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        at[name] = [known, value]


# ---- XML ------------------------------------------------------------------------------------------------------------
def _xml(tree: Tree, root: str, encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding.upper()}"?><{root}>{_inside(tree)}</{root}>'


def _inside(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_element(name, each) for name, each in value.items())
    text = "" if value is None else leaf_text(value)
    if _NOT_XML.search(text):
        raise UnsayableError("cannot_encode", "文本含有 XML 不允许的控制字符")
    return escape(text, {"\r": "&#13;"})


def _element(name: str, value: Any) -> str:
    each = value if isinstance(value, list) else [] if value is None else [value]
    if value == [""]:
        raise UnsayableError("cannot_encode", f"XML 的“{name}”只有一个空值，与空列表分不开")
    return "".join(f"<{name}>{_inside(one)}</{name}>" for one in each)


def _tree_of(text: str) -> Tree:
    if "<!" in text.replace("<![CDATA[", "").replace("<!--", ""):
        raise ValueError("不接受 DOCTYPE 与实体声明")
    found = _value_of(ElementTree.fromstring(_HEAD.sub("", text)), 0)
    return found if isinstance(found, dict) else {}


def _value_of(element: ElementTree.Element, deep: int) -> Any:
    if deep > MOST_DEEP:
        raise ValueError("嵌套过深")
    if not len(element):
        return element.text or ""
    tree: Tree = {}
    for child in element:
        _collect(tree, child.tag.rpartition("}")[2], _value_of(child, deep + 1))
    return tree
