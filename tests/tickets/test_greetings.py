"""What is only polite, and what somebody wants."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.greetings import LONGEST, courtesy, says_nothing

NAMES = ("Lin", "林经理", "liaison")


HELLO = ("Hi", "hello", "Hello Lin!", "Good morning", "good afternoon, Lin", "你好", "您好！",
         "您好，林经理", "林经理早上好", "ＨＩ", "嗨")  # fmt: skip
THANKS = ("thanks", "Thank you very much!", "thx 👍", "👍", "🙏🙏", "ok, thanks for your help",
          "Great, it works now, thank you Lin", "谢谢", "好的，谢谢林经理", "谢谢，辛苦了！",
          "收到", "好的")  # fmt: skip
WISHES = ("The price list will not open", "hello?", "Hi, the portal is down", "help", "hi help",
          "价格表打不开", "您好，价格表打不开", "在吗", "好的，但是还没解决", "", "...", "12",
          "谢谢，还有一个问题", "thanks, but it fails again", "Lin")  # fmt: skip


@pytest.mark.parametrize("text", HELLO)
def test_greetings(text: str) -> None:
    assert courtesy(text, NAMES) == "hello"


@pytest.mark.parametrize("text", THANKS)
def test_thanks(text: str) -> None:
    assert courtesy(text, NAMES) == "thanks"


@pytest.mark.parametrize("text", WISHES)
def test_somebody_wants_something(text: str) -> None:
    assert courtesy(text, NAMES) == ""


@pytest.mark.parametrize("text", ["Hi Jo!", "Thanks, Jo", "谢谢王总", "王总，您好！", "收到", "👍",
                                  "Good morning", "谢谢，辛苦了"])  # fmt: skip
def test_what_ours_say_that_answers_nothing(text: str) -> None:
    assert says_nothing(text, ("Jo", "王总"))


@pytest.mark.parametrize("text", ["OK", "Perfect, thanks", "It works now, thank you", "好的", "好",
                                  "没问题，谢谢王总", "On Monday", "Thanks, I look into it",
                                  "收到，马上处理", ""])  # fmt: skip
def test_what_may_be_all_that_somebody_wanted_to_hear(text: str) -> None:
    assert not says_nothing(text, ("Jo", "王总"))


@given(st.text(max_size=200) | st.lists(st.sampled_from(HELLO + THANKS)).map(" ".join))
def test_it_never_fails_and_long_words_are_never_only_polite(text: str) -> None:
    found = courtesy(text, NAMES)
    assert found in ("", "hello", "thanks")
    assert not found or len(normalize("NFKC", text).strip()) <= LONGEST
