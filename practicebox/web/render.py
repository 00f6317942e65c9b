"""Pages from templates: one Jinja environment per language, strict about unknown names."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Hashable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from babel.dates import format_date
from markupsafe import Markup

from practicebox.store.records import Person
from practicebox.store.store import Store
from practicebox.web.compiled import COMPILED
from practicebox.web.keys import DOOR, services
from practicebox.web.language import Language, Languages

# What the frame of signed-in pages shows; every template gets it.
SHELL = web.RequestKey("shell", dict[str, object])
FRAGMENTS = web.AppKey("fragments", dict[Hashable, Markup])
MOST = 2000  # about 1 KiB each
_ENVIRONMENTS = {code: web.AppKey(f"templates-{code}", jinja2.Environment) for code in ("de", "en")}


def templates_folder() -> Path:
    """`templates/` beside the package (a checkout), else inside it (a wheel)."""
    package = Path(str(files("practicebox")))
    beside = package.parent / "templates"
    return beside if (beside / "base.html").is_file() else package / "templates"


def setup(app: web.Application, languages: Languages, store: Store) -> None:
    """Give `app` an environment for each language."""
    app[FRAGMENTS] = {}
    store.vault.at_lock(app[FRAGMENTS].clear)
    for code, key in _ENVIRONMENTS.items():
        environment = aiohttp_jinja2.setup(
            app,
            app_key=key,
            loader=jinja2.FileSystemLoader(templates_folder()),
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=COMPILED,
            filters=_filters(code),
        )
        _install(environment, languages.by_code[code])


def language(request: web.Request) -> Language:
    """The language of the browser that asks."""
    return services(request).languages.choose(request.headers.get("Accept-Language", ""))


def render(
    request: web.Request,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> web.Response:
    """The page `template` in the language of the browser."""
    spoken = language(request)
    everywhere = {
        "language": spoken.code,
        "static": services(request).static.url,
        "static_below": services(request).static.below,
        "door": request.config_dict[DOOR].name,
        "demo": services(request).demo,
        "here": request.path,
    }
    everywhere.update(request.get(SHELL, {}))
    text = aiohttp_jinja2.render_string(
        template, request, {**everywhere, **(context or {})}, app_key=_ENVIRONMENTS[spoken.code]
    )
    headers = {"Content-Language": spoken.code, "Vary": "Accept-Language"}
    page = web.Response(text=text, content_type="text/html", status=status, headers=headers)
    if request.config_dict[DOOR].name == "patients":
        # No page of this door holds a secret that its length could tell (BREACH); the staff's do.
        page.enable_compression()
    return page


def fragments(request: web.Request, template: str, **always: Hashable) -> Callable[..., Markup]:
    """A function that makes `template` from its keyword arguments, each part once.

    For parts of a page that depend on these arguments and the language alone. They may name people,
    so all are forgotten when the vault is locked.
    """
    spoken, kept = language(request).code, request.config_dict[FRAGMENTS]

    def made(**context: Hashable) -> Markup:
        key = template, spoken, *always.values(), *context.values()
        if key not in kept:
            if len(kept) >= MOST:
                kept.clear()
            text = aiohttp_jinja2.render_string(
                template, request, {**always, **context}, app_key=_ENVIRONMENTS[spoken]
            )
            kept[key] = Markup(text)  # the template has escaped what needs it
        return kept[key]

    return made


def full_name(person: Person) -> str:
    """A staff member's name as it stands on paper: `Dr. Martin Winkler`."""
    return " ".join(part for part in (person.title, person.first_name, person.last_name) if part)


def _install(environment: jinja2.Environment, spoken: Language) -> None:
    install: Any = environment  # the i18n extension adds this method; its stubs don't know it
    install.install_gettext_translations(spoken.translations, newstyle=True)


def _filters(code: str) -> dict[str, Any]:
    def day(value: datetime.date) -> str:
        return format_date(value, "EEEE, d. MMMM y" if code == "de" else "full", locale=code)

    def short_day(value: datetime.date) -> str:
        return format_date(value, "dd.MM.y" if code == "de" else "medium", locale=code)

    def short_weekday(value: datetime.date) -> str:
        return format_date(value, "EEE d.M." if code == "de" else "EEE d MMM", locale=code)

    def weekday(value: datetime.date) -> str:
        return format_date(value, "EEE", locale=code)

    def month(value: datetime.date) -> str:
        return format_date(value, "LLLL y", locale=code)

    def clock(value: datetime.datetime) -> str:
        return f"{value:%H:%M}"  # the same in both languages

    return {
        "day": day,
        "short_day": short_day,
        "short_weekday": short_weekday,
        "weekday": weekday,
        "month": month,
        "clock": clock,
        "full_name": full_name,
        "json_data": _json_data,
    }


def _json_data(value: object) -> Markup:
    """JSON for a `<script type="application/json">`: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # every character that HTML could read is escaped above
