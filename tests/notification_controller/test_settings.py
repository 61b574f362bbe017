"""Flags: names and defaults that installs rely on."""

import pytest

from notification_controller.settings import Settings
from weir.settings import SettingsError, parse


def test_defaults_are_the_fields() -> None:
    settings = parse(Settings, [], {})
    assert (settings.servers.events_addr, settings.servers.receiver_addr) == (":9090", ":9292")
    assert (settings.window, settings.common.concurrent) == (300.0, 4)
    assert (settings.rules.no_cross_namespace_refs, settings.common.watching.watch_all_namespaces) == (False, True)


def test_the_flags_of_an_install() -> None:
    argv = [
        "--watch-all-namespaces=true",
        "--log-level=info",
        "--log-encoding=json",
        "--enable-leader-election",
        "--receiverAddr=:1",
        "--rate-limit-interval=0",
        "--no-cross-namespace-refs",
        "--feature-gates=CacheSecretsAndConfigMaps=true,DisableConfigWatchers=true",
        "--token-cache-max-size=0",
    ]
    settings = parse(Settings, argv, {})
    assert (settings.servers.receiver_addr, settings.window) == (":1", 1.0)
    assert (settings.rules.no_cross_namespace_refs, settings.feature_gates.disable_config_watchers) == (True, True)


@pytest.mark.parametrize("flag", ["--feature-gates=Unknown=true", "--default-service-account=sa"])
def test_what_ends_the_start(flag: str) -> None:
    with pytest.raises(SettingsError):
        parse(Settings, [flag], {})
