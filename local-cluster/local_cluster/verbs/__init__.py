"""What can be done to objects: plain functions over the state. The server's own controllers call them too."""
