"""What the package redemption lets somebody do; which role may do it stands in access_table.py."""

from __future__ import annotations

from kernel.access import Permission


class RedemptionPermission(Permission):
    """Every member names one thing."""

    #: Hold one's own points for an offer, show the code, take it back, read one's receipts.
    REDEEM_OWN_POINTS = "redemption.redeem_own_points"
    #: Look at a shown code, redeem it and cancel it at the counter one is signed in to.
    REDEEM = "redemption.redeem"
    #: Read redemptions and refused scans of the counter one is signed in to.
    READ_COUNTER = "redemption.read_counter"
    #: Order, print, receive and void batches of cards.
    MANAGE_CARDS = "redemption.manage_cards"
    #: Hand a card over, unblock, replace and close it, take a loss down, tell its holder the news.
    HAND_OVER_CARDS = "redemption.hand_over_cards"
    #: Read batches, cards, their acts and the hand-over book.
    READ_CARDS = "redemption.read_cards"
    #: Read refused scans of the whole community, alarms of guessing, and their counts.
    READ_REFUSALS = "redemption.read_refusals"
    #: Read why redemption was stopped, since when, and who lifted it.
    READ_STOPS = "redemption.read_stops"
    #: Let redemption go on after a clean ledger check.
    LIFT_STOP = "redemption.lift_stop"
    #: Report what went wrong at a shop, for oneself or as a proxy, and follow the report.
    FILE_REPORT = "redemption.file_report"
    #: Write a report down at the window for somebody without a phone.
    KEY_REPORT = "redemption.key_report"
    #: Read the community's reports, and what stands on the merchants' records.
    READ_REPORTS = "redemption.read_reports"
    #: Reply for the shop to a report about it, once.
    REPLY_REPORT = "redemption.reply_report"
    #: Word a report for the merchant, decide it in writing, warn the merchant.
    DECIDE_REPORT = "redemption.decide_report"
    #: Read every redemption of the community, without names.
    READ_RECEIPTS = "redemption.read_receipts"
    #: Ask for a redemption to be reversed after the window: the shop for its own, the community.
    ASK_REVERSAL = "redemption.ask_reversal"
    #: Approve or decline the reversal that somebody else asked for.
    DECIDE_REVERSAL = "redemption.decide_reversal"
    #: Read requests for reversals with their reasons.
    READ_REVERSALS = "redemption.read_reversals"
