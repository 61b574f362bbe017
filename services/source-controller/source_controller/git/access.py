"""From a GitRepository to what opens its remote: URL, Secrets, and what is not supported."""

import base64
import binascii

from source_controller.errors import (
    AuthenticationFailed,
    GateDisabled,
    InvalidProvider,
    InvalidUrl,
    NotSupported,
    ProviderUnsupported,
)
from source_controller.git.auth import Address, AddressError, CredentialsError, Secret, address, credentials, proxy
from source_controller.git.jobs import Access
from source_controller.settings import Settings
from weir.api.source import GitRepository, GitRepositorySpec
from weir.kube.errors import ApiError, NotFound
from weir.kube.kinds import SECRET
from weir.runtime.logs import redact
from weir.runtime.run import Run


def require_support(spec: GitRepositorySpec, settings: Settings) -> None:
    """Raises a `Stalled` ending that names the field which asks for what we do not do."""
    if spec.provider in {"aws", "azure", "github"}:
        raise ProviderUnsupported(
            f"spec.provider {spec.provider!r} is not supported yet: use generic with spec.secretRef"
        )
    if spec.service_account_name and not settings.feature_gates.object_level_workload_identity:
        raise GateDisabled("spec.serviceAccountName needs the feature gate ObjectLevelWorkloadIdentity")
    wanted = {
        "recurseSubmodules": spec.recurse_submodules,
    }
    for field, value in wanted.items():
        if value:
            raise NotSupported(f"spec.{field} is not supported yet")


async def read_access(run: Run[GitRepository], settings: Settings) -> Access:
    """The remote and what opens it. Raises `InvalidUrl`, `AuthenticationFailed`, `InvalidProvider`."""
    spec = run.object.spec
    try:
        where = address(spec.url)
    except AddressError as error:
        raise InvalidUrl(f"spec.url: {error}") from error
    secret = await read_secret(run, spec.secret_ref.name) if spec.secret_ref else None
    if secret and "githubAppID" in secret.data:
        raise InvalidProvider(f"Secret {secret.name} holds a GitHub App, which spec.provider github is for")
    try:
        opened = credentials(where, secret)
    except CredentialsError as error:
        raise AuthenticationFailed(str(error)) from error
    if where.password:
        redact(where.password)
    proxy = await _proxy(run, where) if spec.proxy_secret_ref else ""
    return Access(where, opened, proxy, (settings.git.ssh_kex_algos, settings.git.ssh_hostkey_algos))


async def _proxy(run: Run[GitRepository], where: Address) -> str:
    assert run.object.spec.proxy_secret_ref
    if where.scheme == "ssh":
        raise NotSupported("spec.proxySecretRef is not supported for ssh yet")
    try:
        return proxy(await read_secret(run, run.object.spec.proxy_secret_ref.name))
    except CredentialsError as error:
        raise AuthenticationFailed(str(error)) from error


async def read_secret(run: Run[GitRepository], name: str) -> Secret:
    """A Secret of the object's namespace. Raises `AuthenticationFailed`."""
    full = f"{run.key.namespace}/{name}"
    try:
        found = await run.client.get(SECRET, name, run.key.namespace)
    except NotFound as error:
        raise AuthenticationFailed(f"Secret {full} is not there") from error
    except ApiError as error:
        raise AuthenticationFailed(f"Secret {full} cannot be read: {error}") from error
    data = found.body().get("data") or {}
    try:
        decoded = {key: base64.b64decode(value) for key, value in data.items()}
    except (binascii.Error, TypeError) as error:
        raise AuthenticationFailed(f"Secret {full} holds data that is not base64") from error
    for key, value in decoded.items():
        if key not in _PUBLIC and not key.endswith((".asc", ".sshpub")):
            redact(value)
    return Secret(full, decoded)


_PUBLIC = frozenset({"username", "address", "known_hosts", "ca.crt", "caFile", "tls.crt", "identity.pub"})
