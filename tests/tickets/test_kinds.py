"""What somebody wants, by their first words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets import products
from bot.tickets.kinds import KINDS, guess, named

PROBLEMS = (
    "The price list will not open", "The portal is down", "Hi, I can't log in", "It says 404",
    "Why does the order form fail?", "The invoice is wrong", "Still nothing", "help",
    "Samples have not arrived", "Two boxes were damaged",
    "Is there something wrong with my order?",
    "We can’t open the quote for 20 units", "Your new brochure looks good",
    "The delivery is late, please check", "I don't know why it does not work",
    "价格表打不开", "您好，门户登录不了", "发票有点问题", "样品还没到", "为什么订单提交失败？",
    "下单页面报错", "收到的货有损坏", "请问为什么打不开？", "系统故障，麻烦尽快处理",
    "在", "…", "",
)  # fmt: skip
QUESTIONS = (
    "Where is my order?", "How do I reset a password?", "Hi, what is the price for 20 units?",
    "Please tell me when the new price list comes", "Which colours are there", "Is it in stock?",
    "I don't know how to reach the portal", "Do you ship to Norway?", "Hello?",
    "How can I order spare parts?",
    "怎么重置密码", "请问最新价格是多少？", "我的订单到哪里了", "这款有货吗", "请问如何下单",
    "有个问题想请教一下", "想咨询一下培训时间", "是否支持英文界面", "什么时候发货",
)  # fmt: skip
ORDERS = (
    "We would like to order 20 pumps", "Please order 5 more", "Order: 12 x P-200",
    "New purchase order attached", "PO 4711 attached", "I want to buy two licences",
    "Quote for 20 units please", "We need 3 more laptops by Friday", "Can I order 20 of them?",
    "我们要下单 20 台", "请报价 P-200 十台", "想采购一批配件", "再来 5 箱", "附上订单，请查收",
    "补货 30 件", "我想购买两个许可",
)  # fmt: skip
REQUESTS = (
    "Can you send me the price list?", "Please add Kai to our account", "We need a new logo",
    "Could you change our address", "I want to cancel my order",
    "Send us the brochure, no problem if later", "I'd like to return 3 units",
    "We are looking for a training", "Can you send it? Not sure whom to ask",
    "能发一下价格表吗？", "请帮我们开通账号", "麻烦更新一下地址", "需要新的宣传册",
    "客户要退货", "能不能安排一次培训",
    "希望提供中文资料", "申请样品两份", "请问可以寄样品吗",
)  # fmt: skip


@pytest.mark.parametrize("text", PROBLEMS)
def test_problems(text: str) -> None:
    assert guess(text) == "problem"


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions(text: str) -> None:
    assert guess(text) == "question"


@pytest.mark.parametrize("text", ORDERS)
def test_orders(text: str) -> None:
    assert guess(text) == "order"


@pytest.mark.parametrize("text", REQUESTS)
def test_requests(text: str) -> None:
    assert guess(text) == "request"


@given(st.text(max_size=400))
def test_it_never_fails(text: str) -> None:
    assert guess(text) in KINDS


def test_words_of_a_command() -> None:
    said = {"order": "order", "Orders": "order", "订单": "order", "咨询": "question",
            "故障": "problem", "ｒｅｑｕｅｓｔ": "request"}  # fmt: skip
    assert {word: named(word) for word in said} == said
    assert named("thing") is None
    assert named("") is None


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("The ERP is down", "ERP"), ("erp-server is down", "ERP"), ("Interpol called", ""),
        ("ERP Cloud is down", "ERP Cloud"), ("Röntgen 2000", "Rontgen"),
        ("Rontgen and the ERP", "Rontgen"), ("我们的进销存打不开", "进销存"),
        ("用ERP打不开", "ERP"), ("ＥＲＰ is down", "ERP"), ("Nothing of it", ""),
    ],
)  # fmt: skip
def test_the_product_that_stands_first(text: str, product: str) -> None:
    assert products.guess(("ERP", "ERP Cloud", "Rontgen", "进销存"), text) == product


@pytest.mark.parametrize(
    ("word", "product"),
    [("erp ", "ERP"), ("none", ""), ("无", ""), ("CRM", None), ("", None)],
)
def test_products_that_a_person_types(word: str, product: str | None) -> None:
    assert products.named(("ERP",), word) == product
