"""Partners and contacts by what somebody typed: each step goes by an index."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from bot import searching
from storage.db import Session
from storage.models_people import Contact, Partner
from storage.search import Engine

LIKELY = 200  # of which those that fit are picked
LAST = "\U0010ffff"  # no name goes on with it


async def partners_like(session: Session, words: Sequence[str], limit: int = 25) -> list[Partner]:
    """Candidates whose folded name starts with, else contains, one of the folded words."""
    begins = [and_(Partner.name_key >= word, Partner.name_key < word + LAST) for word in words]
    there = select(Partner).where(Partner.archived_at.is_(None)).order_by(Partner.name_key)
    found = await session.scalars(there.where(or_(False, *begins)).limit(limit))
    if several := list(found):
        return several
    engine = Engine(session)
    parts = [engine.terms(searching.parts(word.replace(" ", ""))) for word in words]
    likely = await _partners(engine, engine.any(parts))
    contains = [Partner.search.contains(word, autoescape=True) for word in words]
    rows = await session.scalars(
        there.where(Partner.id.in_(likely), or_(False, *contains)).limit(limit)
    )
    return list(rows)


async def partners_near(session: Session, key: str) -> list[str]:
    """Names that a folded one can mean with a slip or two: one at most in the beginning of each
    word, or of all that is typed.
    """
    engine, found = Engine(session), dict[int, None]()
    for words in dict.fromkeys(((key.replace(" ", ""),), tuple(key.split()))):
        each = [engine.any([engine.term(mark) for mark in searching.near(word)]) for word in words]
        found |= dict.fromkeys(await _partners(engine, engine.every(each)))
    rows = await session.scalars(
        select(Partner.name).where(Partner.id.in_(found), Partner.archived_at.is_(None))
    )
    return list(rows)


async def contacts_called(session: Session, words: str, limit: int) -> list[Contact]:
    """Contacts whose name, or what they are called, has these words, else words that so begin."""
    terms = [term for one in searching.asked(words) for term in one]
    begin = frozenset(term for term in terms if searching.is_beginning(term))
    for engine in (Engine(session), Engine(session, begin)):
        rows = await engine.named(engine.terms(terms), LIKELY)
        found = await session.scalars(
            select(Contact)
            .where(Contact.id.in_([-row // 2 for row in rows if row % 2]),
                   Contact.archived_at.is_(None))
            .order_by(Contact.name, Contact.id)
            .limit(limit)
        )  # fmt: skip
        if several := list(found.unique()):
            return several
    return []


async def _partners(engine: Engine, query: str) -> list[int]:
    """The ids of partners whose row fits; a contact's row has an odd number."""
    rows = await engine.named(query, LIKELY)
    return [-row // 2 for row in rows if not row % 2]
