"""The API of people and places: blueprints, and what each endpoint needs at the door."""

from __future__ import annotations

from typing import Any

from community.api import bindings, consents, me, members, places, roles, sessions
from community.permissions import CommunityPermission as Needs

BLUEPRINTS: list[Any] = [
    sessions.blp,
    me.blp,
    places.blp,
    members.blp,
    bindings.blp,
    consents.blp,
    roles.blp,
]

_PUBLIC, _SIGNED_IN = "public", "signed_in"

#: endpoint → "public", "signed_in" or the permission that the concept function requires.
ACCESS: dict[str, str] = {
    "sessions.sign_in": _PUBLIC,
    "sessions.sign_in_wechat": _PUBLIC,
    "sessions.sign_out": _SIGNED_IN,
    "sessions.sign_out_everywhere": _SIGNED_IN,
    "me.who": _SIGNED_IN,
    "me.change_password": _SIGNED_IN,
    "places.communities": _PUBLIC,
    "places.community": _PUBLIC,
    "places.found_district": Needs.FOUND_PLACES,
    "places.change_brand": Needs.CHANGE_BRAND,
    "places.found_street": Needs.FOUND_PLACES,
    "places.found_community": Needs.FOUND_PLACES,
    "places.change_settings": Needs.CHANGE_SETTINGS,
    "places.grids": Needs.READ_MEMBERS,
    "places.add_grid": Needs.MANAGE_MEMBERS,
    "places.list_households": Needs.READ_MEMBERS,
    "places.add_household": Needs.MANAGE_MEMBERS,
    "members.search": Needs.READ_MEMBERS,
    "members.add": Needs.MANAGE_MEMBERS,
    "members.import_members": Needs.MANAGE_MEMBERS,
    "members.template_csv": _SIGNED_IN,
    "members.template_xlsx": _SIGNED_IN,
    "members.one": Needs.READ_MEMBERS,
    "members.correct": Needs.MANAGE_MEMBERS,
    "members.change": Needs.MANAGE_MEMBERS,
    "members.leave": Needs.MANAGE_MEMBERS,
    "members.history": Needs.READ_MEMBERS,
    "members.assign_tag": Needs.MANAGE_MEMBERS,
    "members.end_tag": Needs.MANAGE_MEMBERS,
    "bindings.make_slip": Needs.BIND_MEMBERS,
    "bindings.preview_slip": _SIGNED_IN,
    "bindings.use_slip": _SIGNED_IN,
    "bindings.ask": _SIGNED_IN,
    "bindings.waiting": Needs.BIND_MEMBERS,
    "bindings.decide": Needs.BIND_MEMBERS,
    "bindings.withdraw": _SIGNED_IN,
    "consents.record": _SIGNED_IN,
    "consents.own": _SIGNED_IN,
    "roles.in_community": Needs.READ_ROLES,
    # Which permission depends on the role that is granted: see role_rules.GRANTED_WITH.
    "roles.grant_in_community": _SIGNED_IN,
    "roles.grant_officer": _SIGNED_IN,
    "roles.end": _SIGNED_IN,
    "roles.create_account": Needs.CREATE_ACCOUNTS,
    "roles.disable_account": Needs.DISABLE_ACCOUNTS,
    "roles.enable_account": Needs.DISABLE_ACCOUNTS,
}
