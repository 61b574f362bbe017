import logging
from typing import Any

import pytest

from source_controller.settings import Settings
from weir.settings import SettingsError, parse

UPSTREAM = [
    "--events-addr=http://notification-controller.flux-system.svc.cluster.local./",
    "--watch-all-namespaces",
    "--log-level=info",
    "--log-encoding=json",
    "--enable-leader-election",
    "--storage-path=/data",
    "--storage-adv-addr=source-controller.flux-system.svc.cluster.local.",
    "--concurrent=8",
    "--requeue-dependency=5s",
    "--artifact-retention-ttl=120s",
    "--artifact-retention-records=5",
    "--ssh-hostkey-algos=ssh-ed25519,rsa-sha2-512",
    "--helm-cache-max-size=10",
    "--helm-cache-ttl=60m",
    "--kube-api-qps=500",
    "--feature-gates=OptimizedGitClones=true",
]

REFUSED: dict[str, tuple[list[str], str]] = {
    "an unknown digest": (["--artifact-digest-algo=blake3"], "--artifact-digest-algo"),
    "no records at all": (["--artifact-retention-records=0"], "--artifact-retention-records"),
    "an unknown gate": (["--feature-gates=Nope=true"], "'Nope' is no feature gate"),
    "a default account without its gate": (["--default-service-account=x"], "needs --feature-gates"),
}

ADVERTISED: dict[str, tuple[list[str], dict[str, str], str]] = {
    "as given": (["--storage-adv-addr=sc.flux-system."], {}, "sc.flux-system."),
    "from the environment": ([], {"STORAGE_ADV_ADDR": "sc"}, "sc"),
    "no host": (["--storage-addr=:9090"], {}, "localhost:9090"),
    "a host": (["--storage-addr=127.0.0.1:80"], {}, "127.0.0.1:80"),
}


def test_the_flags_of_upstream_are_taken(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        settings = parse(Settings, UPSTREAM, {})
    assert settings.common.concurrent == 8
    assert settings.requeue_dependency == 5
    assert settings.storage.keep == (120.0, 5)
    assert settings.git.ssh_hostkey_algos == "ssh-ed25519,rsa-sha2-512"
    assert settings.common.election.enable_leader_election
    warned = " ".join(caplog.messages)
    assert "--helm-cache-max-size" in warned
    assert "OptimizedGitClones" in warned


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_cannot_be(case: str) -> None:
    argv, words = REFUSED[case]
    with pytest.raises(SettingsError) as caught:
        parse(Settings, argv, {})
    assert words in str(caught.value)


@pytest.mark.parametrize("case", ADVERTISED)
def test_the_address_that_others_use(case: str) -> None:
    argv, environ, expected = ADVERTISED[case]
    given: Any = parse(Settings, argv, environ)
    assert given.storage.advertised == expected
