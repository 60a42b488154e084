"""The channels on which notices leave duban: mail, chat robots, webhooks, and what apprise knows."""
