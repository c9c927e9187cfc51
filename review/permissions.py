"""What the package review lets somebody do; which role may do it stands in access_table.py."""

from __future__ import annotations

from kernel.access import Permission


class ReviewPermission(Permission):
    """Every member names one thing."""

    #: See a month's steps, what it still needs, and its sheet with every row.
    READ_MONTH = "review.read_month"
    #: Close a month to recording.
    FREEZE_MONTH = "review.freeze_month"
    #: Sign the sheet for the review panel.
    SIGN_MONTH = "review.sign_month"
    #: Confirm the signed sheet for the supervision group, or send it back.
    COUNTERSIGN_MONTH = "review.countersign_month"
    #: Put the month on public notice.
    PUBLISH_MONTH = "review.publish_month"
    #: Seal the month once its notice is over.
    SEAL_MONTH = "review.seal_month"
    #: Read one's own row, with base and deduction, and its proof.
    READ_OWN_ROW = "review.read_own_row"
    #: Object to a month on notice in one's own name, withdraw it, read the reply.
    FILE_OBJECTION = "review.file_objection"
    #: Write down an objection for somebody at the counter.
    KEY_OBJECTION = "review.key_objection"
    #: Read objections and replies; never who objected.
    READ_OBJECTIONS = "review.read_objections"
    #: Uphold or dismiss an objection, with a written reply.
    DECIDE_OBJECTION = "review.decide_objection"
