"""`weir envsubst`: variables of the environment in a text, by the code of the kustomize-controller."""

import os
import sys

import click

from weir_cli.terminal import Halt


@click.command()
@click.option("--strict", is_flag=True, help="A variable that is not set and has no default is an error.")
def envsubst(*, strict: bool) -> None:
    """Expand ${VARIABLES} of standard input from the environment, as `spec.postBuild` of a Kustomization does.

    \b
    ${name:=default} and the other forms work as there; $$ stands for $.
    Example:
      REGION=eu weir envsubst --strict < cluster.yaml
    """
    from kustomize_controller.substitute import SubstituteError, expand  # noqa: PLC0415  only this command needs it

    try:
        text = sys.stdin.buffer.read().decode()
        result = expand(text, os.environ, strict=strict, called="standard input").encode()
    except UnicodeError:
        raise Halt("standard input, or the value of a variable, is no UTF-8 text") from None
    except SubstituteError as error:
        raise Halt(str(error)) from None
    sys.stdout.buffer.write(result)
    sys.stdout.flush()
