"""The one blueprint of a member's pages; its addresses stand in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

from web.member.views import redemption_mark

blueprint = Blueprint("member", __name__)
blueprint.add_app_template_filter(redemption_mark)
