"""Numbers of rows as they come from outside: in a button's value, in a typed T-12."""

NO_ROW = 0  # what no row has: looking it up finds nothing
LARGEST = 2**31 - 1  # on PostgreSQL a larger number is an error, not "no row"


def row_id(word: str) -> int:
    """The number that a word means; NO_ROW for anything that cannot be one."""
    number = int(word) if word.isdecimal() and len(word) <= len(str(LARGEST)) else NO_ROW
    return number if number <= LARGEST else NO_ROW
