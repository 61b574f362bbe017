"""GitRepository: fetched by disposable children, read with GitPython, packed into an artifact."""
