"""Pure rules of the month in public: no session, no clock, no Flask."""
