"""What is wrong with a GDT file or its folder, in words for whoever has to see to it."""

from __future__ import annotations

from collections.abc import Callable

from practicebox.appliance.gdt_trouble import Trouble
from practicebox.practice.gdt import Forgiven, NotReadable, Problem
from practicebox.web.language import mark

Translate = Callable[[str], str]

PROBLEMS: dict[Problem, str] = {
    Problem.EMPTY: mark("The file is empty."),
    Problem.TOO_LONG: mark("The file is larger than 64 KB; a GDT record is much smaller."),
    Problem.NOT_GDT: mark("This is no GDT file: its first line is not the kind of record (8000)."),
    Problem.LINE_HEAD: mark(
        "Line %(line)s does not begin with its length and the number of its field."
    ),
    Problem.LINE_LENGTH: mark(
        "Line %(line)s (%(field)s) says that it is %(said)s characters long, but it is %(found)s."
    ),
    Problem.LINE_END: mark("Line %(line)s (%(field)s) does not end as the other lines do."),
    Problem.RECORD_LENGTH: mark(
        "Line %(line)s says that the whole record is %(said)s characters long, but it is "
        "%(found)s. Perhaps a part is missing."
    ),
    Problem.CHARACTERS: mark(
        "Line %(line)s (%(field)s) has characters that do not belong there. The practice software "
        "uses another character set than it says (field 9206), or none is set for it here."
    ),
    Problem.CHARSET: mark("Line %(line)s names a character set that does not exist (field 9206)."),
    Problem.KIND: mark(
        "This kind of record (8000) is not known here. Known are 6300, 6301, 6302, 6310 and 6311."
    ),
    Problem.VERSION: mark(
        "Line %(line)s: this is another version of GDT. Please set the practice software to "
        "version 2.1."
    ),
    Problem.MISSING: mark("Something that is needed is missing: %(field)s."),
    Problem.TWICE: mark("Line %(line)s has %(field)s for the second time."),
    Problem.DATE: mark("Line %(line)s (%(field)s) has a date that does not exist."),
    Problem.SECOND_RECORD: mark(
        "From line %(line)s on a second record follows. Please send each one in a file of its own."
    ),
}

FIELDS: dict[str, str] = {
    "3000": mark("patient number"),
    "3100": mark("prefix of the name"),
    "3101": mark("last name"),
    "3102": mark("first name"),
    "3103": mark("date of birth"),
    "3104": mark("title"),
    "3106": mark("town"),
    "3107": mark("street"),
    "6200": mark("day of the examination"),
    "8000": mark("kind of record"),
    "8100": mark("length of the record"),
    "8315": mark("receiver"),
    "8316": mark("sender"),
    "9206": mark("character set"),
    "9218": mark("version"),
}

KINDS: dict[str, str] = {
    "6300": mark("asks for the patient’s data"),
    "6301": mark("master data of the patient"),
    "6302": mark("asks for an appointment"),
    "6310": mark("results of an examination"),
    "6311": mark("asks to show results"),
}

FORGIVEN: dict[Forgiven, str] = {
    Forgiven.LINE_FEEDS: mark("The lines end in another way than GDT asks for."),
    Forgiven.NO_LENGTH: mark("The record does not say how long it is."),
    Forgiven.REST: mark("There is something behind the last line; it was left out."),
    Forgiven.HALF_BIRTH_DATE: mark("Of the date of birth only the year is known."),
}

NO_FILE = mark("This is no ordinary file, or it is larger than 64 KB. It was not opened.")

TROUBLES: dict[Trouble, str] = {
    Trouble.GONE: mark(
        "The exchange folder cannot be reached. Is the computer with the share switched on? The "
        "box goes on by itself when the folder is back."
    ),
    Trouble.FORBIDDEN: mark(
        "The box may not read or write in the exchange folder. Please tell your installer."
    ),
    Trouble.FULL: mark(
        "There is no room left in the exchange folder. The box goes on by itself when there is."
    ),
    Trouble.READ_ONLY: mark("The exchange folder is write-protected. Please tell your installer."),
    Trouble.FAILED: mark("The exchange folder has reported an error. The box tries again."),
    Trouble.UNFETCHED: mark(
        "The practice software does not fetch its files from the exchange folder. Please look "
        "whether it is running and which folder is set there."
    ),
}
TOO_MANY = mark(
    "A thousand records wait here already. No more are taken from the exchange folder until some "
    "have been dealt with; nothing is lost."
)


def in_words(condition: NotReadable, translate: Translate) -> str:
    """Why a file could not be read."""
    name = FIELDS.get(condition.code)
    field = f"{condition.code} {translate(name)}" if name else condition.code
    return translate(PROBLEMS[condition.problem]) % {
        "line": condition.line,
        "field": field,
        "said": condition.said,
        "found": condition.found,
    }
