"""What answers HTTP: the tracking API, webhooks, health."""
