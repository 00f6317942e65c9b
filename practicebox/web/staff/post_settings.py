"""The page "E-mail and SMS": mailbox, gateway, texts with preview, times of reminders."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from babel.numbers import format_decimal

from practicebox.post import accounts, mail, message
from practicebox.post.accounts import SetUp
from practicebox.post.mail import InDoubt, Mail, NotSent, is_address
from practicebox.post.message import Told
from practicebox.practice.message_text import Texts
from practicebox.practice.reminders import Kind
from practicebox.practice.sms import parts
from practicebox.web.forms import Form, posted
from practicebox.web.keys import services
from practicebox.web.language import mark
from practicebox.web.render import language, render
from practicebox.web.staff import acting, outbox, outbox_words, post_form
from practicebox.web.staff.session import PRACTICE, zone_of

routes = web.RouteTableDef()

AREA = {"current_area": "messages"}
TEST_SUBJECT = mark("Test e-mail from your PracticeBox")
TEST_TEXT = mark("This is a test. Your box can send e-mails.")
# Sentences for this page, where whoever reads them sits in front of the fields
TROUBLES = {
    "refused": mark("The provider refused sender or recipient. Check both addresses."),
    "later": mark("The provider says: not now. Please try again in a few minutes."),
    "address": mark("Sender or recipient is no e-mail address."),
}


@routes.get("/messages", name="messages.page")
async def page(request: web.Request) -> web.Response:
    return await _page(request)


@routes.post("/messages/mail", name="messages.mail")
async def keep_mail(request: web.Request) -> web.Response:
    form, kept = await posted(request), services(request).store.sealed_settings
    known = await kept.get(accounts.MAIL)
    read = post_form.read_mail(form, known, language(request).gettext)
    if read is None:
        return await _page(request, form, status=422)
    await kept.keep(accounts.MAIL, read, acting.by(request))
    raise web.HTTPSeeOther("/messages?said=saved")


@routes.post("/messages/sms", name="messages.sms")
async def keep_sms(request: web.Request) -> web.Response:
    form, kept = await posted(request), services(request).store.sealed_settings
    known = await kept.get(accounts.SMS)
    read = post_form.read_sms(form, known, language(request).gettext)
    if read is None:
        return await _page(request, form, status=422)
    await kept.keep(accounts.SMS, read, acting.by(request))
    raise web.HTTPSeeOther("/messages?said=saved")


@routes.post("/messages/texts", name="messages.texts")
async def keep_texts(request: web.Request) -> web.Response:
    form = await posted(request)
    read = post_form.read_texts(form, language(request).gettext)
    if read is None:
        return await _page(request, form, status=422)
    for name, usual in _usual(request).items():
        if read[name] == usual:
            read[name] = ""  # so that a better text of the box reaches the practice
    store = services(request).store
    await store.sealed_settings.keep(accounts.TEXTS, read, acting.by(request))
    raise web.HTTPSeeOther("/messages?said=saved")


@routes.post("/messages/test", name="messages.test")
async def send_test(request: web.Request) -> web.Response:
    """Send a test e-mail now, and say what came of it."""
    form, _ = await posted(request), language(request).gettext
    to, account = form.text("test_to"), (await outbox.set_up(request)).mail
    if account is None or not is_address(to):
        form.errors["test_to"] = _("This is no e-mail address, such as praxis@example.org.")
        return await _page(request, form, status=422)
    now = services(request).now()
    made = f"test-{now:%Y%m%d%H%M%S}@{account.sender.partition('@')[2]}"
    try:
        async with mail.line(account) as line:
            await line.send(Mail(to, _(TEST_SUBJECT), _(TEST_TEXT), now, made))
    except NotSent as refusal:
        word = refusal.trouble.value
        form.errors["test_to"] = _(TROUBLES.get(word) or outbox_words.REASONS[word])
    except InDoubt:
        form.errors["test_to"] = _(
            "The provider took the e-mail but did not confirm it. Look whether it has arrived."
        )
    if not form.is_good:
        return await _page(request, form, status=422)
    raise web.HTTPSeeOther("/messages?said=test_sent")


@routes.post("/messages/preview", name="messages.preview")
async def preview(request: web.Request) -> web.Response:
    """What a text becomes, while it is being typed."""
    form = await posted(request)
    name, text = form.value("name"), form.value("text")
    cents = (await services(request).store.sealed_settings.get(accounts.SMS)).get("cents", 0)
    return web.json_response(_preview(request, name, text, float(cents)))


async def _page(
    request: web.Request, typed: Form | None = None, *, status: int = 200
) -> web.Response:
    set_up, store = await outbox.set_up(request), services(request).store
    cents = (await store.sealed_settings.get(accounts.SMS)).get("cents", 0.0)
    form = post_form.filled(set_up, cents, _usual(request))
    if typed:  # only one of the forms was sent; the others stay as they are
        form = Form({**form.values, **typed.values}, typed.errors)
    form.values.setdefault("test_to", _own_address(request, set_up))
    context = {
        **AREA,
        "form": form,
        "has_mail": set_up.mail is not None,
        "has_password": bool(set_up.mail and set_up.mail.password),
        "has_secret": bool(set_up.sms and set_up.sms.secret),
        "placeholders": post_form.known_placeholders(),
        "previews": {
            name: _preview(request, name, form.value(name), cents) for name in post_form.NEEDED
        },
        **_choices(request),
    }
    return render(request, "staff/messages.html", context, status=status)


def _choices(request: web.Request) -> dict[str, object]:
    _ = language(request).gettext

    def times(minutes: tuple[int, ...]) -> list[tuple[str, str]]:
        return [(str(each), _lead(request, each)) for each in minutes]

    return {
        "securities": [(key, _(word)) for key, word in post_form.SECURITY_WORDS.items()],
        "gateways": [(key, _(word)) for key, word in post_form.GATEWAY_WORDS.items()],
        "firsts": times(post_form.FIRST),
        "seconds": times(post_form.SECOND),
    }


def _lead(request: web.Request, minutes: int) -> str:
    spoken = language(request).translations
    if not minutes:
        return spoken.gettext("none")
    if minutes % 1440 == 0:
        days = minutes // 1440
        return spoken.ngettext("%(num)s day before", "%(num)s days before", days) % {"num": days}
    if minutes % 60 == 0:
        hours = minutes // 60
        return spoken.ngettext("%(num)s hour before", "%(num)s hours before", hours) % {
            "num": hours
        }
    return spoken.gettext("%(num)s minutes before") % {"num": minutes}


def _preview(request: web.Request, name: str, text: str, cents: float) -> dict[str, object]:
    told = _sample(request, Kind.INVITATION if name == "invitation" else Kind.REMINDER)
    if name != "sms":
        texts = Texts(invitation=text, reminder=text)
        return {"text": message.text(told, texts, _german(request), "de"), "parts": ""}
    made = message.sms(told, Texts(sms=text), _german(request), "de")
    return {"text": made, "parts": _cost(request, made, cents)}


def _cost(request: web.Request, text: str, cents: float) -> str:
    """How many parts an SMS takes and what they cost, in words."""
    spoken, taken = language(request).translations, parts(text)
    words = spoken.ngettext("%(num)s SMS", "%(num)s SMS, sent as one", taken.count)
    said = words % {"num": taken.count}
    if not taken.is_basic:
        rare = spoken.gettext("Unusual characters or emojis leave only 70 places instead of 160.")
        said = f"{said}. {rare}"
    if cents:
        price = format_decimal(taken.count * cents, "0.#", locale=language(request).code)
        cost = spoken.gettext("about %(price)s cents") % {"price": price}
        said = f"{said} · {cost}"
    return said


def _sample(request: web.Request, kind: Kind) -> Told:
    """An invented appointment."""
    starts = services(request).now().astimezone(zone_of(request)) + timedelta(days=1)
    profile = request[PRACTICE].profile
    return Told(
        kind=kind,
        by_phone=False,
        name="Erika Mustermann",
        starts=starts.replace(hour=15, minute=30, second=0, microsecond=0),
        minutes=30,
        link=f"{services(request).public_url()}/v#1.abcdefghijk.abcdefghijklmnopqrstuv",
        host=services(request).public_url().partition("//")[2],
        code="000-000-000",
        phone=profile.phone,
        practice=profile.name,
    )


def _usual(request: web.Request) -> dict[str, str]:
    """The texts of the box, in the language of patients."""
    translate = _german(request)
    return {
        "invitation": translate(message.INVITATION),
        "reminder": translate(message.REMINDER),
        "sms": translate(message.SMS),
    }


def _german(request: web.Request) -> message.Translate:
    return services(request).languages.by_code["de"].gettext


def _own_address(request: web.Request, set_up: SetUp) -> str:
    return set_up.mail.sender if set_up.mail else ""
