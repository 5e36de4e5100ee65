"""Full-text search: FTS5 on SQLite, tsvector on PostgreSQL, over the same prepared words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import TextClause, text

from bot.searching import is_beginning
from storage.db import Session, dialect_of
from storage.search_rows import SPAN, contact_mark, partner_mark

NAMED = 100  # partners and contacts that a word may name
CHUNK = 100  # rows looked at at once; a ticket has many

Words = Sequence[tuple[str, ...]]  # as bot.searching.asked gives them

FTS = text(
    "SELECT rowid FROM search_fts WHERE search_fts MATCH :query AND rowid < :before "
    "AND rowid > :after ORDER BY rowid DESC LIMIT :limit"
)
# The materialised step keeps the planner from walking all rows by their number.
GIN = text(
    "WITH found AS MATERIALIZED (SELECT place FROM search_rows "
    "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :query)) "
    "SELECT place FROM found WHERE place < :before AND place > :after "
    "ORDER BY place DESC LIMIT :limit"
)


@dataclass(frozen=True)
class Hit:
    """A ticket that has the words, and the newest message that has them: None = its title."""

    ticket_id: int
    message_id: int | None


async def tickets(session: Session, words: Words, before: int | None, limit: int) -> list[Hit]:
    """Tickets that have all these words somewhere in one message or the title, newest first.

    A word may also name the partner or the contact. `before`: where the page before ended. Whole
    words first: a word that stands nowhere is then taken for the beginning of one, never a word
    that does, since to put together all that begins alike takes a hundred times as long.
    """
    found = await _page(Engine(session), words, before, limit)
    # A page after the first is there only if there was something: then this finds the same way.
    if found or not (unknown := await _unknown(session, words)):
        return found
    return await _page(Engine(session, unknown), words, before, limit)


async def _unknown(session: Session, words: Words) -> frozenset[str]:
    """The terms that stand nowhere as they are, but may begin a word."""
    engine = Engine(session)
    terms = {term for word in words for term in word if is_beginning(term)}
    anywhere = {"before": 2**62, "after": -(2**62), "limit": 1}
    return frozenset(
        [term for term in terms if not await engine.rows(engine.term(term), **anywhere)]
    )


async def _page(engine: "Engine", words: Words, before: int | None, limit: int) -> list[Hit]:
    query = engine.every([await engine.word(terms, pairs) for terms, pairs in _paired(words)])
    found: dict[int, Hit] = {}
    edge = before * SPAN if before is not None else 2**62
    while len(found) < limit:
        rows = await engine.rows(query, before=edge, after=0, limit=CHUNK)
        for row in rows:
            ticket, message = divmod(row, SPAN)
            found.setdefault(ticket, Hit(ticket, message or None))
        if len(rows) < CHUNK:
            break
        edge = (rows[-1] // SPAN) * SPAN  # the rest of that ticket tells nothing new
    return list(found.values())[:limit]


def _paired(words: Words) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Each word with what it makes together with its neighbours: "Nordwind Trading"."""
    pairs = [(*one, *two) for one, two in pairwise(words)]
    return [(terms, pairs[max(0, at - 1) : at + 1]) for at, terms in enumerate(words)]


class Engine:
    """How one engine writes what is looked for. Terms are letters and digits, nothing else."""

    def __init__(self, session: Session, beginnings: frozenset[str] = frozenset()) -> None:
        self._session, self._beginnings = session, beginnings
        self._sqlite = dialect_of(session) == "sqlite"
        self._and, self._or = (" AND ", " OR ") if self._sqlite else (" & ", " | ")

    async def word(self, terms: tuple[str, ...], pairs: list[tuple[str, ...]]) -> str:
        """A text that has the word, or belongs to somebody of that name."""
        said = self.terms(terms)
        marks: dict[str, None] = {}
        for named in (terms, *pairs):
            for row in await self.named(self.terms(named), NAMED):
                mark = contact_mark(-row // 2) if row % 2 else partner_mark(-row // 2)
                marks[f'"{mark}"' if self._sqlite else mark] = None
        return self.any([said, *marks])

    def any(self, queries: Sequence[str]) -> str:
        some = [query for query in queries if query]
        return f"({self._or.join(some)})" if some else ""

    def every(self, queries: Sequence[str]) -> str:
        some = [query for query in queries if query]
        return f"({self._and.join(some)})" if some else ""

    def terms(self, terms: Sequence[str]) -> str:
        """All of these."""
        return self.every([self.term(term) for term in terms])

    def term(self, term: str) -> str:
        begins = term in self._beginnings
        if self._sqlite:
            return f'"{term}"*' if begins else f'"{term}"'
        return f"'{term}':*" if begins else f"'{term}'"

    async def named(self, query: str, limit: int) -> list[int]:
        """The rows of partners and contacts."""
        return await self.rows(query, before=0, after=-(2**62), limit=limit)

    async def rows(self, query: str, *, before: int, after: int, limit: int) -> list[int]:
        if not query:
            return []
        statement: TextClause = FTS if self._sqlite else GIN
        found = await self._session.scalars(
            statement, {"query": query, "before": before, "after": after, "limit": limit}
        )
        return list(found)
