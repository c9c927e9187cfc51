"""Claims 申报: a member says what they did and shows it; others check and decide.

submitted → checked → accepted or declined, or withdrawn by the claimant. An accepted claim is a
fact from then on and belongs to the ledger (``points.facts``); here is only how it came to be one.
A photo is uploaded first and named in the claim: a mini-program sends one file per request.

``photos`` and ``screening`` the pictures · ``submitting`` · ``deciding`` · ``steps`` the table of
legal steps · ``views`` and ``lists`` reading · ``alike`` possible duplicates · ``worth`` what it
would bring · ``erasing`` personal data · ``daily_quota``.
"""
