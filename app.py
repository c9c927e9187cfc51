"""create_app: the only place that knows every package and wires them together."""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import access_table
import community.api
import merchants.api
import ops
import points.api
import redemption.api
import review.api
import web
from community import bindings, departures, erasures, places, proxies, signing_in
from kernel import (
    clock,
    database,
    file_stores,
    files,
    health,
    http,
    logs,
    migrating,
    one_time_codes,
    outbox,
    unit_of_work,
)
from kernel.access import system_actor
from kernel.settings import Environment, Settings, from_environ
from merchants import alliance, bearing
from points import erasing as points_erasing
from points import holders
from points.activities import attendees, cards
from points.claims import notify as claim_notify
from points.claims import screening
from points.moving import carrying, left_balances
from points.rulebook_life import dry_run_solvency
from redemption import codes, notify, releases, requests
from redemption import erasing as redemption_erasing
from redemption.cards import lookup, news, stopping
from review import erasing as review_erasing
from web import limiting
from web import signing_in as signing_in_pages
from wechat import push_api
from wechat.client import WeChatClient

#: A photo of 8 MB with what a form puts around it.
MOST_BYTES = 8 * 1024 * 1024 + 64 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application; raises SettingsRefused rather than run unsafely."""
    settings = settings or from_environ()
    settings.refuse_unsafe()
    logs.configure(
        level=logging.WARNING if settings.environment is Environment.TEST else logging.INFO
    )
    one_time_codes.configure(settings.code_key)
    if settings.clock_offset_seconds:
        clock.set_offset(dt.timedelta(seconds=settings.clock_offset_seconds))
    app = http.Application(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        LINLI=settings,
        API_TITLE="Linli 邻里积分",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=http.API_PREFIX,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    database.configure(app, settings)
    migrating.configure(app)
    http.configure(app, _hooks())
    logs.log_requests(app)
    app.extensions["outbox_handlers"] = _carrying()
    _connect_files(app, settings)
    _connect_wechat(app, settings)
    _follow_people()
    holders.merchants_from(alliance.roster)
    dry_run_solvency.alliance_from(bearing.in_a_month)
    attendees.merchant_names_from(alliance.names)
    cards.card_holder_from(lookup.holder_of)
    _register_api(app)
    app.register_blueprint(health.blueprint)
    web.register(app)
    # Searching for one's row is public in the API as well, and limited there as on the page.
    limiting.limit_search(app, "public_notices.own_row")
    ops.register(app)
    if settings.environment is Environment.DEMO:
        # The demo is half as large as all the rest; nobody else loads it.
        from ops.demo import welcome

        app.extensions[signing_in_pages.DEMO_LOGINS] = welcome.demo_logins()
    return app


def _follow_people() -> None:
    """What the packages above do when a binding, a proxy's grant or a membership ends or begins."""
    bindings.when_unbound(codes.void_of_member)
    bindings.when_unbound(requests.void_of_member)
    # The holder's own codes die with those of the proxy; one press makes a new one.
    proxies.when_revoked(codes.void_of_member)
    proxies.when_revoked(requests.void_of_member)
    # The card first, as a use of it locks them in this order, too.
    departures.when_left(stopping.close_of_departed)
    # Holds are freed next, so that what becomes of the points finds all of them.
    departures.when_left(releases.free_of_departed)
    departures.when_left(left_balances.note)
    bindings.when_bound(carrying.arrive_for)
    for part in (points_erasing.PART, review_erasing.PART, redemption_erasing.PART):
        erasures.also(part)


def _hooks() -> http.Hooks:
    return http.Hooks(
        roles=access_table.ROLES,
        authenticate=lambda token: signing_in.authenticate(
            token=token, now=clock.now(), table=access_table.ROLES
        ),
        community_id=places.id_of,
        endpoints=access_table.ENDPOINTS,
        error_page=web.error_page,
        to_sign_in=web.to_sign_in,
    )


def _carrying() -> dict[str, outbox.Handler]:
    """Points carried over: each message is one transaction in the community it reaches."""

    def deliver(message: outbox.Message) -> None:
        actor = system_actor(access_table.ROLES, carrying.OUT)
        unit_of_work.run(carrying.deliver, message=message, actor=actor, now=clock.now())

    def confirm(message: outbox.Message) -> None:
        unit_of_work.run(carrying.confirm, message=message, now=clock.now())

    return {carrying.OUT: deliver, carrying.BACK: confirm}


def _connect_wechat(app: Flask, settings: Settings) -> None:
    """The platform's client, the news of the outbox that go there, and what it pushes to us."""
    client = WeChatClient(settings.wechat_appid, settings.wechat_secret, settings.wechat_base_url)
    app.extensions["wechat"] = client
    app.extensions["outbox_handlers"].update(
        {
            "redemption.redeemed": partial(
                notify.send_redeemed_message,
                wechat_client=client,
                template_id=settings.wechat_redeemed_template,
            ),
            news.TOPIC: partial(
                news.deliver,
                wechat_client=client,
                templates=news.Templates(
                    redeemed=settings.wechat_redeemed_template, card=settings.wechat_card_template
                ),
            ),
            "claim.decided": partial(
                claim_notify.send_decided_message,
                wechat_client=client,
                template_id=settings.wechat_claim_template,
            ),
            "claim.photo_uploaded": lambda message: screening.ask(
                message,
                wechat_client=client,
                public_base_url=settings.public_base_url,
                now=clock.now(),
            ),
        }
    )
    app.extensions[push_api.HANDLERS] = {
        "wxa_media_check": lambda event: unit_of_work.run(screening.answered, event)
    }
    app.register_blueprint(push_api.blueprint)


def _connect_files(app: Flask, settings: Settings) -> None:
    """Where private files lie, and how erased ones go after the commit."""
    store = file_stores.store_of(settings.files)
    app.extensions["files"] = store
    app.extensions["outbox_handlers"]["file.erased"] = partial(files.remove_erased, store=store)


def _register_api(app: Flask) -> None:
    api = http.Api(app)
    for package in (community.api, points.api, merchants.api, redemption.api, review.api):
        for blueprint in package.BLUEPRINTS:
            api.register_blueprint(blueprint)
