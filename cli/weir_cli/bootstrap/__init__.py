"""`weir bootstrap`: an installation that Git looks after. Cluster and Git tell how far it is, and nothing else."""
