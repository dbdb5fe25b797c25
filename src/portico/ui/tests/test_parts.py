"""The small parts: icons, badges, avatars, devices, fields, the branded stylesheet, the bundle."""

from __future__ import annotations

import gzip

import pytest
from django import forms
from django.http import Http404
from django.template import engines
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from jinja2 import UndefinedError

from portico.ui.brand import DEFAULT_ACCENT, branded_stylesheet, stylesheet_href
from portico.ui.bundle import BUNDLE, bundled
from portico.ui.devices import device
from portico.ui.fields import field_hint, widget
from portico.ui.icons import avatar, badge, icon, initials


def rendered(source: str, **context: object) -> str:
    template = engines["jinja2"].from_string('{% import "ui/macros.html" as ui %}' + source)
    return template.render(context).strip()


def test_the_script_a_page_loads_is_made_of_its_parts() -> None:
    assert BUNDLE.read_text(encoding="utf-8") == bundled(), "run python -m portico.ui.bundle"


def test_an_icon_is_hidden_from_screen_readers_and_turns_with_the_language() -> None:
    assert (
        icon("home")
        == '<svg class="i" aria-hidden="true"><use href="/static/portico/icons.svg#i-home"/></svg>'
    )
    assert 'class="i s flip"' in icon("right", small=True)


def test_a_badge_has_a_word_and_refuses_a_tone_without_a_shape() -> None:
    assert badge("Paid <b>", "paid") == '<span class="badge paid">Paid &lt;b&gt;</span>'
    with pytest.raises(ValueError, match="no tone"):
        badge("Paid", "green")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Chen", "MC"),
        ("maya", "M"),
        ("Anne-Marie van Dyke", "AD"),
        ("김민준", "김"),
        ("", "?"),
        ("(old)", "?"),
    ],
)
def test_initials_of_any_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_companys_initials_leave_out_its_legal_form() -> None:
    assert initials("Greenleaf Gardens Ltd", company=True) == "GG"


def test_an_avatar_keeps_its_colour() -> None:
    assert avatar("Maya Chen") == avatar("Maya Chen")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_is_named_in_words(header: str, words: str) -> None:
    assert device(header) == words


class Form(forms.Form):
    name = forms.CharField(help_text="As on <b>paper</b>.")
    rules = forms.CharField(help_text=mark_safe("<ul><li>Ten letters</li></ul>"), required=False)


def test_a_field_ties_hint_and_error_to_its_control() -> None:
    html = str(widget(Form({"name": ""})["name"], hinted=True))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input"' in html


def test_a_field_points_to_no_hint_that_is_not_shown() -> None:
    assert "helptext" not in rendered('{{ ui.field(form["name"], hint="") }}', form=Form())


def test_a_hint_is_escaped_unless_it_was_marked_as_safe() -> None:
    form = Form()
    assert field_hint(form["name"]) == "As on &lt;b&gt;paper&lt;/b&gt;."
    assert field_hint(form["rules"]) == "<ul><li>Ten letters</li></ul>"


def test_what_a_person_typed_is_never_markup() -> None:
    html = rendered(
        '{{ ui.banner(said, title=said) }}{{ ui.button(said) }}{{ ui.tabs([(said, "#", none, true)], said) }}',
        said="<script>",
    )
    assert "<script>" not in html


def test_a_misspelt_name_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ ui.banner(tetx) }}")


def test_pages_are_linked_only_where_there_are_some() -> None:
    assert 'rel="next"' in rendered('{{ ui.pager(range="1 to 25", next="?after=x") }}')
    assert "btn" not in rendered('{{ ui.pager(range="1 to 3 of 3") }}')


def test_the_default_accent_needs_no_stylesheet_of_its_own() -> None:
    assert stylesheet_href(DEFAULT_ACCENT) is None


def test_a_branded_stylesheet_is_the_whole_kit_with_one_accent_kept_for_ever() -> None:
    href = stylesheet_href("#8A1C5B")
    assert href is not None
    version = href.removesuffix(".css").rsplit("-", 1)[1]
    request = RequestFactory().get(href, headers={"Accept-Encoding": "gzip, br"})
    response = branded_stylesheet(request, "8a1c5b", version)
    sheet = gzip.decompress(response.content).decode()
    assert sheet.endswith(":root {\n  --accent: #8a1c5b;\n}\n")
    assert "@layer reset, tokens, base, layout, components, utilities;" in sheet
    assert 'url("/static/portico/fonts/inter-latin.woff2")' in sheet
    assert "immutable" in response["Cache-Control"]
    assert response["Vary"] == "Accept-Encoding"


def test_an_old_address_of_the_stylesheet_is_answered_but_not_kept() -> None:
    response = branded_stylesheet(RequestFactory().get("/"), "8a1c5b", "old")
    assert response["Cache-Control"] == "no-cache"
    assert response.content.startswith(b"/*")


@pytest.mark.parametrize("accent", ["red", "8a1c5", "8A1C5B", "8a1c5b;", "../../../etc"])
def test_no_other_notation_gets_into_a_stylesheet(accent: str) -> None:
    with pytest.raises(Http404):
        branded_stylesheet(RequestFactory().get("/"), accent, "old")


def test_an_accent_that_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="rrggbb"):
        stylesheet_href("red")


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 500, 503])
def test_every_error_has_a_page_with_a_way_on(code: int) -> None:
    template = engines["jinja2"].get_template("ui/error.html")
    html = template.render({"code": code, "title": "Nothing <here>", "message": "The link may be old."})
    assert "<h1>Nothing &lt;here&gt;</h1>" in html
    assert "<a class=" in html


def test_an_error_that_answers_htmx_is_a_toast() -> None:
    template = engines["jinja2"].get_template("ui/error_fragment.html")
    html = template.render({"code": 409, "title": "It has changed", "message": "Look again."})
    assert "data-fault" in html
    assert 'role="alert"' in html
    assert "<html" not in html
