"""What an installation is made of: rendered, applied, looked at, taken away. Nothing here prints."""
