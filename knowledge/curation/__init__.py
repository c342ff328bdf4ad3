"""What moderators add to a server's knowledge: pure rules, without a database and without Discord."""
