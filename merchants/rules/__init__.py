"""Pure rules of offers and agreements: no session, no clock."""
