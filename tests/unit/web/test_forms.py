"""What came out of a form, where a form goes back to, and what a page says after an act."""

from __future__ import annotations

import uuid
from enum import StrEnum

import pytest
from flask import Flask, g, render_template_string

from kernel.errors import Invalid, TooMany
from web import acting, address, said, typed
from web.acting import Problem


class Color(StrEnum):
    PINE = "pine"


@pytest.mark.parametrize(
    ("given", "kept"), [(" 张三 ", "张三"), ("a\x00b", "ab"), ("ab\ud800c", "abc")]
)
def test_a_text_is_what_a_database_can_keep(
    pages: Flask, monkeypatch: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    with pages.test_request_context("/x", method="POST"):
        monkeypatch.setattr("web.typed.request", _Form({"name": given}))
        assert typed.text("name", longest=5) == kept


class _Form:
    def __init__(self, form: dict[str, str]) -> None:
        self.form = form


@pytest.mark.parametrize(
    ("given", "code"), [("", "field_blank"), ("   ", "field_blank"), ("长" * 6, "field_too_long")]
)
def test_a_text_that_does_not_do_names_its_field(pages: Flask, given: str, code: str) -> None:
    with (
        pages.test_request_context("/x", method="POST", data={"name": given}),
        pytest.raises(Invalid) as refused,
    ):
        typed.text("name", longest=5)
    assert (refused.value.code, refused.value.field) == (code, "name")


def test_a_choice_is_one_of_the_list(pages: Flask) -> None:
    chosen = uuid.uuid4()
    data = {"color": "pine", "offer": str(chosen), "other": "red", "none": "x"}
    with pages.test_request_context("/x", method="POST", data=data):
        assert typed.word("color", Color) is Color.PINE
        assert typed.chosen_id("offer") == chosen
        assert typed.optional_id("none") is None
        for wrong in ("other", "missing"):
            with pytest.raises(typed.ChoiceMissing):
                typed.word(wrong, Color)
        with pytest.raises(typed.ChoiceMissing):
            typed.chosen_id("none")


@pytest.mark.parametrize(("referrer", "back"), [
    ("http://localhost/me/yjyx?page=2", "/me/yjyx?page=2"),
    ("http://localhost/me", "/me"),
    ("http://evil.example/me", "/"),
    ("http://localhost//evil.example/", "/"),
    ("http://[", "/"),
    ("", "/"),
])  # fmt: skip
def test_a_form_came_from_this_site_or_from_the_front_page(
    pages: Flask, referrer: str, back: str
) -> None:
    with pages.test_request_context("/x", headers={"Referer": referrer}):
        assert address.came_from() == back


@pytest.mark.parametrize(("page", "number"), [
    ("2", 2), ("", 1), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1), ("9" * 12, address.MOST_PAGES),
])  # fmt: skip
def test_a_page_number_is_a_number(pages: Flask, page: str, number: int) -> None:
    with pages.test_request_context("/x", query_string={"page": page}):
        assert address.page_number() == number


def test_only_known_words_are_said(pages: Flask) -> None:
    with pages.test_request_context("/x?said=signed_out"):
        assert said.said() == "已退出登录。"
    for path in ("/x", "/x?said=<b>nonsense</b>"):
        with pages.test_request_context(path):
            assert said.said() is None


def test_typed_values_come_back_only_with_a_problem(pages: Flask) -> None:
    with pages.test_request_context("/x", method="POST", data={"name": "张三"}):
        assert acting.typed("name", "before") == "before"
        g.form_problem = Problem(code="c", sentence="一句话。", field="name", extra={})
        assert acting.typed("name", "before") == "张三"
        assert acting.typed("other", "before") == "before"
        assert acting.problem_at("name") == "一句话。"
        assert acting.problem_at("other") is None


@pytest.mark.parametrize("macro", [
    "{% from 'components/field.html' import field %}{{ field(name, '编号') }}",
    "{% from 'components/textarea.html' import textarea %}{{ textarea(name, '理由') }}",
    "{% from 'components/radios.html' import radios %}{{ radios(name, '哪样', [(1, 'A', 0)]) }}",
])  # fmt: skip
def test_the_field_that_is_wrong_has_the_focus_and_its_sentence(pages: Flask, macro: str) -> None:
    with pages.test_request_context("/x", method="POST"):
        g.form_problem = Problem(code="c", sentence="一句话。", field="why", extra={})
        wrong, other = (render_template_string(macro, name=name) for name in ("why", "other"))
    assert " autofocus" in wrong
    assert 'aria-describedby="why-more"' in wrong
    assert "一句话。" in wrong
    assert "autofocus" not in other


@pytest.mark.parametrize(("seconds", "zh", "en"), [
    (45, "请过 45 秒再试", "in 45 seconds"),
    (100, "请过 2 分钟再试", "in 2 minutes"),
    (887, "请过 15 分钟再试", "in 15 minutes"),
])  # fmt: skip
def test_a_long_wait_is_said_in_minutes(pages: Flask, seconds: int, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        with pages.test_request_context(f"/x?lang={language}", method="POST"):
            answer = acting.shown_again(_said_again, TooMany(retry_after=seconds))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(seconds))
        assert words in answer.get_data(as_text=True)


def _said_again() -> str:
    found = acting.problem()
    assert found is not None
    return found.sentence
