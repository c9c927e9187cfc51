"""Calls of the played month: made over HTTP, told in words, held to what was expected."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from community.masking import label

API = "/api/v1"
PATIENCE_SECONDS = 30.0

Answer = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody with a login; ``login`` without the community's code where it begins with it."""

    login: str
    zh: str
    en: str


ADMIN = Person("admin", "社区管理员", "administrator")
GRID_WORKER = Person("grid1", "网格员", "grid worker")
PANELIST = Person("panel1", "评议组成员", "panelist")
SECOND_PANELIST = Person("panel2", "评议组另一位成员", "second panelist")
THIRD_PANELIST = Person("panel3", "评议组第三位成员", "third panelist")
SUPERVISOR = Person("super1", "监督组成员", "supervisor")
SECOND_SUPERVISOR = Person("super2", "监督组另一位成员", "second supervisor")
RESIDENT = Person("resident", "居民", "resident")
PUBLIC = Person("", "路人", "anybody")


class Unexpected(Exception):
    """The server answered something else than the story needs; the text names the problem."""


@dataclass
class Play:
    """A running server and the people signed in to it.

    ``today`` is the business date of the server's clock, which runs ``shift`` ahead of this one.
    """

    http: httpx.Client
    community: str
    password: str
    today: dt.date
    echo: Callable[[str], object]
    shift: dt.timedelta = dt.timedelta(0)
    _tokens: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def now(self) -> dt.datetime:
        """What time it is for the server."""
        return dt.datetime.now(dt.UTC) + self.shift

    def title(self, zh: str, en: str) -> None:
        """Begin a chapter."""
        self.echo(f"\n■ {zh} · {en}")

    def note(self, zh: str, en: str) -> None:
        """Say something that is no call."""
        self.echo(f"  … {zh}\n    {en}")

    def get(
        self, who: Person, path: str, zh: str, en: str, *, expect: int | str = 200,
        query: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Read ``path`` as ``who``; see :meth:`_call`."""
        return self._call(who, "GET", path, zh, en, expect=expect, params=dict(query or {}))

    def post(
        self, who: Person, path: str, zh: str, en: str, *, body: object = None,
        expect: int | str = 201, key: str | None = None, query: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Act as ``who``, with a new Idempotency-Key unless ``key`` repeats an earlier one."""
        key = key or str(uuid.uuid4())
        params = dict(query or {})
        return self._call(
            who, "POST", path, zh, en, expect=expect, json=body, key=key, params=params
        )

    def upload(
        self, who: Person, path: str, zh: str, en: str, *,
        files: Mapping[str, tuple[str, bytes, str]],
    ) -> Answer:  # fmt: skip
        """Send files as a form does: field → (file name, content, media type)."""
        return self._call(who, "POST", path, zh, en, expect=201, files=files)

    def put(
        self, who: Person, path: str, zh: str, en: str, *, body: object = None,
        expect: int | str = 200,
    ) -> Answer:  # fmt: skip
        """Set something as ``who``."""
        return self._call(who, "PUT", path, zh, en, expect=expect, json=body)

    def headers(self, who: Person) -> dict[str, str]:
        """What a call of ``who`` carries; signs in first."""
        headers = {"Accept-Language": "zh-CN"}
        if who is not PUBLIC:
            headers["Authorization"] = f"Bearer {self._token(who)}"
        return headers

    def login_of(self, who: Person) -> str:
        """The whole login: people of the cast carry the community's code."""
        return who.login if "-" in who.login else f"{self.community}-{who.login}"

    def _call(
        self, who: Person, method: str, path: str, zh: str, en: str, *,
        expect: int | str, key: str | None = None, **sent: Any,
    ) -> Answer:  # fmt: skip
        """Call, tell, and compare: ``expect`` is the status, or the code of the refusal.

        ``path`` stands below /api/v1 when it begins with a slash, else below the community.
        """
        url = (
            f"{API}{path}" if path.startswith("/") else f"{API}/communities/{self.community}/{path}"
        )
        headers = self.headers(who)
        if key:
            headers["Idempotency-Key"] = key
        answer = self.http.request(method, url, headers=headers, **sent)
        body = _body(answer)
        code = body.get("code") if answer.is_error else None
        said = f"{answer.status_code} {code}：{body.get('detail')}" if code else answer.status_code
        self.echo(f"  {who.zh}{self._names.get(who.login, '')} {zh} → {said}")
        self.echo(f"    {who.en} {en} · {method} {answer.request.url.raw_path.decode()}")
        if expect not in (answer.status_code, code):
            raise Unexpected(f"expected {expect}, got {answer.status_code}: {answer.text[:2000]}")
        return body

    def _token(self, who: Person) -> str:
        if who.login not in self._tokens:
            login = self.login_of(who)
            body = {"login_name": login, "password": self.password}
            answer = self.http.post(f"{API}/sessions", json=body)
            if answer.status_code != 201:
                raise Unexpected(f"{login} cannot sign in: {answer.text[:2000]}")
            self._tokens[who.login] = answer.json()["token"]
            me = self.me(who)
            self._names[who.login] = f" {label(me['display_name'])}"
            self.echo(f"  ○ {who.zh}{self._names[who.login]} 登录 · {who.en} signs in as {login}")
        return self._tokens[who.login]

    def me(self, who: Person) -> Answer:
        """Who the person is for the server; told nowhere."""
        answer = self.http.get(f"{API}/me", headers=self.headers(who))
        if answer.status_code != 200:
            raise Unexpected(answer.text[:2000])
        return _body(answer)

    def member_id(self, who: Person) -> str:
        """The member that the person's account is bound to."""
        found = [m["member_id"] for m in self.me(who)["members"]]
        if not found:
            raise Unexpected(f"{self.login_of(who)} is bound to no member")
        return str(found[0])


def _body(answer: httpx.Response) -> Answer:
    if not answer.content or "json" not in answer.headers.get("Content-Type", ""):
        return {}
    body: Answer = answer.json()
    return body


def points_word(value: float) -> str:
    """Points as people write them: +1, −5, 0."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value):g}"
