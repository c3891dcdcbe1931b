"""`liantiao messages` and `liantiao data`: pages for people, printed from the code."""

from liantiao.data_dictionary import data_dictionary
from liantiao.message_list import message_list
from sim.package import load_package


def messages_command() -> None:
    """打印报文清单（Markdown）：编号、名称、谁发给谁、路径、应答方式与错误。"""
    print(message_list(), end="")


def data_command() -> None:
    """打印数据说明（Markdown）：导出的表、报文日志与输出文件夹里每一列的含义。"""
    print(data_dictionary(load_package("fujian-2024-55")), end="")
