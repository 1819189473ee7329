"""What stands on the page Your model, room by room: open a file, or train one here."""
