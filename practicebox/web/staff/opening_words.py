"""States and their public holidays in words."""

from __future__ import annotations

from practicebox.web.language import mark

STATES = {
    "": mark("No public holidays"),
    "BW": mark("Baden-Württemberg"),
    "BY": mark("Bavaria, without Assumption Day"),
    "BY-M": mark("Bavaria, with Assumption Day"),
    "BY-A": mark("Bavaria, city of Augsburg"),
    "BE": mark("Berlin"),
    "BB": mark("Brandenburg"),
    "HB": mark("Bremen"),
    "HH": mark("Hamburg"),
    "HE": mark("Hesse"),
    "MV": mark("Mecklenburg-Western Pomerania"),
    "NI": mark("Lower Saxony"),
    "NW": mark("North Rhine-Westphalia"),
    "RP": mark("Rhineland-Palatinate"),
    "SL": mark("Saarland"),
    "SN": mark("Saxony"),
    "ST": mark("Saxony-Anhalt"),
    "SH": mark("Schleswig-Holstein"),
    "TH": mark("Thuringia"),
}
HOLIDAYS = {
    "new_year": mark("New Year’s Day"),
    "epiphany": mark("Epiphany"),
    "women": mark("International Women’s Day"),
    "good_friday": mark("Good Friday"),
    "easter": mark("Easter Sunday"),
    "easter_monday": mark("Easter Monday"),
    "labour_day": mark("Labour Day"),
    "ascension": mark("Ascension Day"),
    "whit_sunday": mark("Whit Sunday"),
    "whit_monday": mark("Whit Monday"),
    "corpus_christi": mark("Corpus Christi"),
    "uprising": mark("75 years after the uprising of 17 June 1953"),
    "peace_festival": mark("Augsburg Peace Festival"),
    "assumption": mark("Assumption Day"),
    "children": mark("World Children’s Day"),
    "unity": mark("Day of German Unity"),
    "reformation": mark("Reformation Day"),
    "all_saints": mark("All Saints’ Day"),
    "repentance": mark("Day of Repentance and Prayer"),
    "christmas": mark("Christmas Day"),
    "boxing_day": mark("Second day of Christmas"),
}
