"""The loop that every controller runs in. Read `controller.py` first."""
