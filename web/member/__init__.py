"""A member's pages: the two numbers, redeeming by a code or at a shop's standing QR, receipts."""
