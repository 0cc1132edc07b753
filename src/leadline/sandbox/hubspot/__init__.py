"""HubSpot's contacts, properties and account pages as far as Leadline uses them."""
