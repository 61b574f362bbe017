"""`python -m local_cluster.serve --dir DIR --port PORT`: a cluster as a process.

Prints one JSON line, `{"url": ..., "kubeconfig": ...}`, when it can be used; ends on SIGINT or SIGTERM.
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path

import click
import msgspec

from local_cluster.cluster import Cluster, InUse


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), help="Keep state, keys and kubeconfig here.")
@click.option("--port", default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--log-level", default="warning", type=click.Choice(["debug", "info", "warning", "error"]))
def main(directory: Path | None, port: int, log_level: str) -> None:
    """Serve a Kubernetes API on the loopback."""
    logging.basicConfig(level=log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(_serve(directory, port))
    except (InUse, OSError) as refused:
        raise click.ClickException(str(refused)) from None


async def _serve(directory: Path | None, port: int) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with Cluster.start(directory, port) as cluster:
        ready = {"url": cluster.url, "kubeconfig": str(cluster.kubeconfig_file)}
        sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
        sys.stdout.buffer.flush()
        await ended.wait()


if __name__ == "__main__":
    main()
