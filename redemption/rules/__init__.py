"""Pure rules of redemption: no session, no clock."""
