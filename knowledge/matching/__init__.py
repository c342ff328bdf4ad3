"""From a question in a member's own words to a ranking with a calibrated confidence."""
