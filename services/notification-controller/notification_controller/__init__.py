"""Events in, alerts out; webhooks in, reconcile requests out."""
