"""What the package points lets somebody do; which role may do it stands in access_table.py."""

from __future__ import annotations

from kernel.access import Permission


class PointsPermission(Permission):
    """Every member names one thing; a rulebook may narrow it further to certain roles."""

    #: Read the adopted rulebook, the months and their states.
    READ_RULEBOOK = "points.read_rulebook"
    #: Write drafts of a rulebook and see the findings about them.
    DRAFT_RULEBOOK = "points.draft_rulebook"
    #: Put a draft in force, naming the meeting that adopted it.
    ADOPT_RULEBOOK = "points.adopt_rulebook"
    #: Comment on a rulebook under consultation.
    COMMENT_RULEBOOK = "points.comment_rulebook"
    #: See what a draft would have changed in a past month; whoever may also reads drafts.
    DRY_RUN_RULEBOOK = "points.dry_run_rulebook"
    #: Issue the guard-rails, and rulebooks to extend, of a district.
    ISSUE_FOR_DISTRICT = "points.issue_for_district"
    #: Issue the guard-rails, and rulebooks to extend, of a street.
    ISSUE_FOR_STREET = "points.issue_for_street"
    #: Record what a member did; members may do so for themselves where the item says so.
    RECORD_FACT = "points.record_fact"
    #: Read anybody's facts with evidence and reasons.
    READ_FACTS = "points.read_facts"
    #: Agree to a recorded fact, where the item names a role the actor holds.
    APPROVE_FACT = "points.approve_fact"
    #: Decide the points of a range item within its bounds.
    DECIDE_FACT = "points.decide_fact"
    #: Amend or strike a fact of a month that is not sealed, with a reason.
    CORRECT_FACT = "points.correct_fact"
    #: Read anybody's points and history.
    READ_POINTS = "points.read_points"
    #: Read the points and history of the member one is.
    READ_OWN_POINTS = "points.read_own_points"
    #: See the activities of the community.
    READ_ACTIVITIES = "points.read_activities"
    #: Enrol for an activity and check in, oneself or as a shop.
    JOIN_ACTIVITY = "points.join_activity"
    #: Plan activities, and run and settle one's own.
    ORGANISE_ACTIVITY = "points.organise_activity"
    #: Run and settle any activity.
    RUN_ANY_ACTIVITY = "points.run_any_activity"
    #: Upload batches of points, and ask for a grant or adjustment to be taken back.
    PREPARE_BATCH = "points.prepare_batch"
    #: Confirm or reject what another body prepared.
    CONFIRM_BATCH = "points.confirm_batch"
    #: Read batches and reversals with their rows, reasons and acts.
    READ_BATCHES = "points.read_batches"
    #: Decide and settle what becomes of the points of those who left; take in what others carried
    #: over; exclude members for a period.
    SETTLE_LEFT = "points.settle_left"
    #: Open the next accounting month and grant its base points.
    OPEN_MONTH = "points.open_month"
    #: Re-add every account and name what does not match.
    CHECK_LEDGER = "points.check_ledger"
    #: Claim what one did oneself, with photos, and follow or withdraw the claim.
    CLAIM = "points.claim"
    #: Read the community's claims with their photos.
    READ_CLAIMS = "points.read_claims"
    #: Say after a look that something happened as claimed.
    CHECK_CLAIM = "points.check_claim"
    #: Accept or decline a claim, in the role the item names.
    DECIDE_CLAIM = "points.decide_claim"
    #: See who records and approves how, with what looks unusual in it.
    READ_INSIGHT = "points.read_insight"
