"""The grammar of commands: which verb was meant, and what each of its words is.

    PARTNER = (
        Spec.of("show", "partner", default=True, zh="查看"),
        Spec.of("link", "partner room", zh="关联", example="partner link Nordwind #room"),
        Spec.of("tell", "partner text", zh="告诉"),
        Spec.of("add", "name:text", keys="tier region tz lang owner tags"),
    )
    parse("partner", "link Nordwind #room", PARTNER).args
        {"partner": "Nordwind", "room": "#room"}
    parse("partner", "Nordwind link #room", PARTNER)    the same
    parse("partner", "关联 Nordwind #room", PARTNER)     the same
    parse("partner", "nordwind", PARTNER)               spec "show", {"partner": "nordwind"}

    MEETING = (Spec.of("", "partner title:text", keys="at:time every:rhythm length:duration"),)
    parse("meeting", "nordwind 下周四下午三点 季度回顾 每季度", MEETING).args
        {"partner": "nordwind", "at": "下周四下午三点", "title": "季度回顾", "every": "每季度"}

All values are text as typed (references in their one form, "T-12"; choices in English); what is
not there is missing, so that the caller can show a form. Times are found, not computed: the
caller has bot.when read them with its `now` and the typist's zone.

Partners' names have spaces and no quotes, and only the database knows them. So the async caller
first asks for the few partners that `possible_names(text, specs)` may mean, and hands in
`is_partner(words)`: how many of these leading words name a partner (0 = none; see
bot.partners.names.leading). Without it, or when it says 0, a name is one word, or all words up to
the verb or to something that cannot be part of a name; an optional partner ("partner?") is then
absent.

Free text at the end is kept as typed, punctuation and quotes included; if it is one quoted piece
the quotes are taken off. Only an argument's own opening quote counts: an inch sign or an
apostrophe in the text is text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.commands.timings import TIMED, take_timings, timing_at
from bot.commands.vocabulary import KEYS, value
from bot.commands.words import (
    REFERENCES,
    Word,
    after,
    is_person,
    is_room,
    joined,
    nearest,
    quote,
    reference,
    split,
)
from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.specs import Arg, Spec

__all__ = ["Arg", "Parsed", "Spec", "parse", "possible_names", "quote", "reference"]

IsPartner = Callable[[list[str]], int]
_NAME_WORDS = 6  # a partner's name has no more
_VERB_WORDS = 3  # "digest preview" has two


@dataclass(frozen=True, slots=True)
class Parsed:
    """`args`: the words of each argument that was given, by its name."""

    spec: Spec
    args: dict[str, str]


def parse(
    noun: str, text: str, specs: Sequence[Spec], is_partner: IsPartner | None = None
) -> Parsed:
    """What a person typed after the noun. Raises Refused, and nothing else."""
    return _Reader(noun, text, specs, is_partner).read()


def possible_names(text: str, specs: Sequence[Spec]) -> list[str]:
    """What may begin with a partner's name: the line itself, and what follows its verb."""
    words = _unglued(split(text), specs)
    found = _verb_at(words, 0, specs)
    starts = [words, words[found[1] :]] if found else [words]
    names = [" ".join(_name_words(part)[:_NAME_WORDS]) for part in starts]
    return [name for name in dict.fromkeys(names) if name]


def _name_words(words: Iterable[Word]) -> list[str]:
    """The leading words that can belong to a name; a quoted name stands alone."""
    name: list[str] = []
    for word in words:
        if word.quoted:
            return name or [word.text]
        if word.key or is_person(word) or is_room(word):
            break
        name.append(word.text)
    return name


def _squeeze(text: str) -> str:
    return fold(text).replace("-", "").replace("_", "").replace(" ", "")


def _verb_at(words: Sequence[Word], index: int, specs: Sequence[Spec]) -> tuple[Spec, int] | None:
    """The spec whose verb stands there, and the index after it; the longest verb wins."""
    for count in range(min(_VERB_WORDS, len(words) - index), 0, -1):
        part = words[index : index + count]
        if any(word.quoted or word.key for word in part):
            continue
        said = _squeeze("".join(word.plain for word in part))
        for spec in specs:
            for name in spec.names:
                parts = len(name.replace("-", " ").split())
                if count <= parts and _squeeze(name) == said:
                    return spec, index + count
    return None


def _unglued(words: list[Word], specs: Sequence[Spec]) -> list[Word]:
    """ "回复T-12" is two words: Chinese writes none of the spaces."""
    if not words or words[0].quoted or words[0].key:
        return words
    first = words[0]
    for name in sorted((name for spec in specs for name in spec.names), key=len, reverse=True):
        glued = not name.isascii() and len(name) > 1 and len(first.text) > len(name)
        if glued and first.text.startswith(name):
            cut = first.start + len(name)
            return [Word(name, first.start, cut), *after(words, cut)]
    return words


class _Reader:
    """One line being read; the steps are in the order of read()."""

    def __init__(
        self, noun: str, line: str, specs: Sequence[Spec], is_partner: IsPartner | None
    ) -> None:
        self.noun, self.line, self.specs, self.is_partner = noun, line, specs, is_partner
        self.letters = "".join(
            REFERENCES[arg.kind] for spec in specs for arg in spec.args if arg.kind in REFERENCES
        )

    def read(self) -> Parsed:
        words = split(self.line)
        spec, words = self._choose(words if self._named(words) else _unglued(words, self.specs))
        args: dict[str, str] = {}
        words = self._keys(spec, words, args)
        words = self._positions(spec, words, args)
        self._rest(spec, words, args)
        return Parsed(spec, args)

    # the verb

    def _choose(self, words: list[Word]) -> tuple[Spec, list[Word]]:
        if found := _verb_at(words, 0, self.specs):
            return found[0], words[found[1] :]
        things = self._things(words)
        places = range(things, things + 1) if things else range(1, 5)
        for index in places:
            if index < len(words) and (found := _verb_at(words, index, self.specs)):
                return found[0], words[:index] + words[found[1] :]
        default = next((spec for spec in self.specs if spec.default), None)
        if default is None or not things or reference(words[0].text, self.letters):
            self._refuse_verb(words[things:], required=default is None)
        if default is None:
            raise Refused(_m("What should I do? Possible: {verbs}."), **self._verbs())
        return default, words

    def _things(self, words: list[Word]) -> int:
        """How many leading words name what it is about: references, mentions, rooms, a partner."""
        count = 0
        while count < len(words):
            word, rest = words[count], words[count:]
            if (
                word.quoted
                or is_person(word)
                or is_room(word)
                or reference(word.text, self.letters)
            ):
                count += 1
            elif named := self._named(rest):
                count += named
            else:
                break
            if _verb_at(words, count, self.specs):
                break
        return count

    def _named(self, words: Sequence[Word]) -> int:
        """How many of the leading words are a partner's name, as far as we were told."""
        name = _name_words(words)[:_NAME_WORDS]
        if not name or self.is_partner is None:
            return 0
        return max(0, min(self.is_partner(name), len(name)))

    def _refuse_verb(self, words: Sequence[Word], *, required: bool) -> None:
        """Refuses a mistyped verb; with `required` also one that is like none."""
        if not words:
            return
        names = [name for spec in self.specs for name in spec.names]
        for count in range(min(_VERB_WORDS, len(words)), 0, -1):
            said = " ".join(word.plain for word in words[:count])
            if near := nearest(said, [name for name in names if name.count(" ") == count - 1]):
                spec = next(spec for spec in self.specs if near in spec.names)
                raise Refused(
                    _m(
                        "“{word}” is not known here. Did you mean “{nearest}”? Example: /{example}"
                    ),
                    word=said,
                    nearest=near,
                    example=self._example(spec),
                )
        if required:
            raise Refused(
                _m("“{word}” is not known here. Possible: {verbs}."),
                word=words[0].text,
                **self._verbs(),
            )

    def _verbs(self) -> dict[str, str]:
        """What can be said, for readers of either language."""
        said = [spec for spec in self.specs if spec.verb]
        zh = "、".join(next(iter(spec.also), spec.verb) for spec in said)
        return {"verbs": ", ".join(spec.verb for spec in said), "verbs_zh": zh}

    def _example(self, spec: Spec) -> str:
        return spec.example or " ".join(
            part
            for part in (self.noun, spec.verb, *(f"<{arg.name}>" for arg in spec.args))
            if part
        )

    # keys

    def _keys(self, spec: Spec, words: list[Word], args: dict[str, str]) -> list[Word]:
        known = {arg.name: arg for arg in (*spec.args, *spec.keys)}
        rest: list[Word] = []
        while words:
            word = words[0]
            arg = known.get(KEYS.get(word.key, word.key.replace("-", "_"))) if word.key else None
            if arg is None:
                rest.append(self._no_key(spec, word, known))
                words = words[1:]
            else:
                args[arg.name], end = self._value(spec, word, arg, args)
                words = after(words, end)
        return rest

    def _value(self, spec: Spec, word: Word, arg: Arg, args: dict[str, str]) -> tuple[str, int]:
        """The value of a key, and where it ends: an unquoted time may have several words."""
        if arg.name in args:
            raise Refused(_m("{key}= is given twice."), key=word.key)
        word.closed()
        if not word.quoted and arg.kind in TIMED:
            end = timing_at(arg.kind, fold(self.line), word.value)
            if end is not None and end >= word.end:
                return self.line[word.value : end].strip(), end
        if not word.text.strip():
            raise Refused(
                _m("{key}= needs a value. Example: /{example}"),
                key=word.key,
                example=self._example(spec),
            )
        return (word.text if arg.kind in TIMED else self._read(arg, word)), word.end

    def _no_key(self, spec: Spec, word: Word, known: dict[str, Arg]) -> Word:
        """A word with a key that is none here: a slip, or just text with an equals sign."""
        if not word.key:
            return word
        if near := nearest(word.key, list(known)):
            raise Refused(
                _m("{key}= is not known here. Did you mean {nearest}=?"),
                key=word.key,
                nearest=near,
            )
        if spec.text is None:
            keys = ", ".join(f"{arg.name}=" for arg in spec.keys) or "-"
            raise Refused(
                _m("{key}= is not known here. Possible: {keys}."), key=word.key, keys=keys
            )
        return word

    # positions

    def _positions(self, spec: Spec, words: list[Word], args: dict[str, str]) -> list[Word]:
        """Takes arguments off the front; what has a form of its own is recognised in any order."""
        while words:
            pending = [arg for arg in spec.args if arg.name not in args and arg.kind != "text"]
            taken = next((found for arg in pending if (found := self._by_form(arg, words))), None)
            if taken is None and pending:
                taken = self._by_order(spec, pending, words)
            if taken is None:
                return words
            arg, said, words = taken
            args[arg.name] = said
        return words

    def _by_form(self, arg: Arg, words: list[Word]) -> tuple[Arg, str, list[Word]] | None:
        word = words[0]
        if arg.kind in TIMED and not word.quoted:
            end = timing_at(arg.kind, fold(self.line), word.start)
            return (arg, self.line[word.start : end].strip(), after(words, end)) if end else None
        if arg.kind in REFERENCES and (said := reference(word.text, REFERENCES[arg.kind])):
            return arg, said, words[1:]
        formed = (
            (arg.kind == "person" and is_person(word))
            or (arg.kind == "room" and is_room(word))
            or (arg.kind == "number" and fold(word.text).isdecimal())
        )
        return (arg, self._read(arg, word), words[1:]) if formed else None

    def _by_order(
        self, spec: Spec, pending: list[Arg], words: list[Word]
    ) -> tuple[Arg, str, list[Word]] | None:
        """What has no form: a known partner first, else the next argument that must or may be."""
        partner = next((arg for arg in pending if arg.kind == "partner"), None)
        if partner and (count := self._named(words)):
            return partner, _text(words[:count]), words[count:]
        for arg in pending:
            if arg.optional and spec.text:
                continue
            if arg.kind == "partner":
                count = 1 if spec.text else len(_name_words(words))
                count = max(1, 1 if words[0].quoted else count)
                return arg, _text(words[:count]), words[count:]
            if arg.kind in ("word", "person", "room"):
                return arg, self._read(arg, words[0]), words[1:]
        return None

    def _read(self, arg: Arg, word: Word) -> str:
        text = word.closed().text
        if arg.kind in REFERENCES:
            return reference(text, REFERENCES[arg.kind]) or text
        if arg.kind == "number":
            return fold(text)
        return value(text) if arg.kind == "word" else text

    # what is left

    def _rest(self, spec: Spec, words: list[Word], args: dict[str, str]) -> None:
        """The free text with the times in it; what nothing can take is refused."""
        if not words:
            return
        pending = [arg for arg in (*spec.args, *spec.keys) if arg.name not in args]
        timed: dict[str, str] = {
            arg.kind: arg.name for arg in reversed(pending) if arg.kind in TIMED
        }
        words[0].closed()
        text = joined(self.line, words)
        if spec.text is not None and spec.text.name not in args:
            text, found = take_timings(text, frozenset(timed))
            args |= {timed[kind]: said for kind, said in found.items()}
            if text:
                args[spec.text.name] = _unquoted(text)
            return
        if timed and any(arg.kind in TIMED for arg in spec.args if arg.name not in args):
            args[next(iter(timed.values()))] = text  # bot.when says what is wrong with it
            return
        self._leftover(spec, words)

    def _leftover(self, spec: Spec, words: list[Word]) -> None:
        self._refuse_verb(words, required=False)
        raise Refused(
            _m("I do not understand “{word}” here. Example: /{example}"),
            word=words[0].text,
            example=self._example(spec),
        )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.closed().text for word in words)


def _unquoted(text: str) -> str:
    words = split(text)
    return words[0].text if len(words) == 1 and words[0].quoted else text
