"""Real Git servers on the loopback: `git http-backend` over HTTP, `git-upload-pack` and its kin over SSH."""
