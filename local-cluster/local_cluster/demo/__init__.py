"""The main job, played on a local cluster and checked step by step."""
