"""Names that try to do something to whoever shows, prints, sends or exports them.

`NAMES` has, for each kind, the name as somebody types or imports it. Every one of them may be a
person's name as far as the box knows; none may run, hide, turn or break what stands beside it.
"""

from __future__ import annotations

MARKER = "Zeuge"  # stands in every name, so that a test finds where the name is shown

NAMES: dict[str, str] = {
    "script": f"<script>alert('{MARKER}')</script>",
    "attribute": f'"><img src=x onerror=alert(1)> {MARKER}',
    "template": f"{{{{ 7 * 7 }}}} {{% raw %}} {MARKER}",
    "typst": f'#import "x": y; #{{panic()}} $x$ *{MARKER}* \\ ` @ref <label>',
    "formula": f'=HYPERLINK("http://x.example","{MARKER}")',
    "at formula": f"@SUM(A1:A9) {MARKER}",
    "plus formula": f"+49-1|cmd' /C calc'!A0 {MARKER}",
    "percent": f"%s %n %(name)s {{name}} %0d%0aBcc: x@example.org {MARKER}",
    "header": f"{MARKER}\r\nBcc: everybody@example.org\r\n\r\nText",
    "null": f"{MARKER}\x00\x1b[31m\x07",
    "bidi override": f"{MARKER} \u202egnirts\u202c",
    "bidi isolate": f"\u2067{MARKER} \u2066abc",
    "invisible": f"{MARKER}\u200b\u2060\ufeff\u00ad\U000e0041",
    "line separators": f"{MARKER}\u2028zweite\u2029dritte\x85vierte",
    "10,000 characters": MARKER + " " + "w" * 10_000,
    "10,000 words": " ".join([MARKER] + ["x"] * 5_000),
    "emoji": f"{MARKER} 👩🏽‍⚕️🇩🇪🏳️‍🌈",
    "combining marks": MARKER + "o" + "\u0315\u0321\u0489" * 200,
    "arabic": f"محمد {MARKER} علي",
    "hebrew with points": f"שָׁלוֹם {MARKER}",
    "cjk": f"王小明 {MARKER}",
    "private use": f"{MARKER} \ue000\uf8ff",
    "surrounding blanks": f"\u00a0\u3000  {MARKER}  \t\n",
    "path": f"../../etc/passwd {MARKER} CON nul /",
    "sql": f"'; DROP TABLE patients; -- {MARKER}",
    "json": f'{MARKER}","born":"2000-01-01"}}',
}

# Nothing of these shows; each is no name at all.
EMPTY = ("\u200b", "\u202e\u202c", "\u2800\u3164", "\u0301", "\x00", "  \u00a0")
