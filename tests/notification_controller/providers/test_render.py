"""Every provider: an event and a configuration give one whole request."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from notification_controller.errors import NotSupported, Unusable
from notification_controller.message import Config, Message, Publish
from notification_controller.providers import RENDERERS, render
from weir.api.event import Event, ObjectReference

WEBAPP = ObjectReference(
    kind="Kustomization",
    namespace="apps",
    name="webapp",
    uid="0c9c2e41-d2f9-4f9b-9c41-bebc1984d67a",
    api_version="kustomize.toolkit.fluxcd.io/v1",
)
INFO = Event(
    involved_object=WEBAPP,
    severity="info",
    timestamp="2026-01-02T15:04:05Z",
    message="Applied revision: <main@sha1:a1afe267>\nand more",
    reason="ReconciliationSucceeded",
    metadata={"summary": "staging", "revision": "main@sha1:a1afe267"},
    reporting_controller="kustomize-controller",
    reporting_instance="kustomize-controller-abc",
)
ERROR = Event(
    involved_object=WEBAPP,
    severity="error",
    timestamp="2026-01-02T15:04:05Z",
    message="Health check failed",
    reason="HealthCheckFailed",
    reporting_controller="kustomize-controller",
)
INFO_BODY = (
    '{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"webapp",'
    '"uid":"0c9c2e41-d2f9-4f9b-9c41-bebc1984d67a","apiVersion":"kustomize.toolkit.fluxcd.io/v1"},"severity":"info",'
    '"timestamp":"2026-01-02T15:04:05Z","message":"Applied revision: \\u003cmain@sha1:a1afe267\\u003e\\nand more",'
    '"reason":"ReconciliationSucceeded","metadata":{"revision":"main@sha1:a1afe267","summary":"staging"},'
    '"reportingController":"kustomize-controller","reportingInstance":"kustomize-controller-abc"}'
)
ERROR_BODY = (
    '{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"webapp",'
    '"uid":"0c9c2e41-d2f9-4f9b-9c41-bebc1984d67a","apiVersion":"kustomize.toolkit.fluxcd.io/v1"},"severity":"error",'
    '"timestamp":"2026-01-02T15:04:05Z","message":"Health check failed","reason":"HealthCheckFailed",'
    '"reportingController":"kustomize-controller"}'
)
JSON = {"Content-Type": "application/json"}


def config(kind: str, address: str = "https://example.com/hook/x", **more: Any) -> Config:
    return Config(type=kind, name="apps/chat", address=address, **more)


def slack_body(event: Event, **changed: Any) -> dict[str, Any]:
    attachment = {
        "fallback": "",
        "color": "good",
        "author_name": "kustomization/webapp.apps",
        "text": event.message,
        "mrkdwn_in": ["text"],
        "fields": [{"title": k, "value": v, "short": False} for k, v in sorted(event.metadata.items())],
    }
    outer = {"channel": "", "username": "kustomize-controller", "icon_url": "", "icon_emoji": ""}
    outer |= {key: changed.pop(key) for key in ("channel", "username") if key in changed}
    return outer | {"attachments": [attachment | changed]}


def card(*items: dict[str, Any]) -> dict[str, Any]:
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [{"type": "Container", "items": list(items)}],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}],
    }


def firing(labels: dict[str, str], annotations: dict[str, str]) -> list[dict[str, Any]]:
    common = {"kind": "Kustomization", "name": "webapp", "namespace": "apps"}
    return [
        {
            "status": "firing",
            "labels": common | {"reportingcontroller": "kustomize-controller"} | labels,
            "annotations": annotations,
            "startsAt": "2026-01-02T15:04:05Z",
            "endsAt": "0001-01-01T00:00:00Z",
        }
    ]


WHEN = 1767366245
INFO_ALERT = firing(
    {
        "alertname": "FluxKustomizationReconciliationsucceeded",
        "severity": "info",
        "reason": "ReconciliationSucceeded",
        "revision": "main@sha1:a1afe267",
    },
    {"message": INFO.message, "summary": "staging"},
)
ERROR_ALERT = firing(
    {"alertname": "FluxKustomizationHealthcheckfailed", "severity": "error", "reason": "HealthCheckFailed"},
    {"message": "Health check failed"},
)
OBJECT_TAGS = ["kind: Kustomization", "name: webapp", "namespace: apps"]

REQUESTS: dict[str, tuple[Event, Config, Message | Publish | tuple[str, dict[str, str], Any]]] = {
    "generic posts the whole event and names the component": (
        INFO,
        config("generic"),
        Message(
            url="https://example.com/hook/x",
            body=INFO_BODY.encode(),
            headers=JSON | {"Gotk-Component": "kustomize-controller"},
        ),
    ),
    "headers of the Secret replace any header of generic, whatever their case": (
        ERROR,
        config("generic", headers={"content-type": "application/cloudevents+json", "Authorization": "Basic Zm9v"}),
        Message(
            url="https://example.com/hook/x",
            body=ERROR_BODY.encode(),
            headers={
                "Gotk-Component": "kustomize-controller",
                "content-type": "application/cloudevents+json",
                "Authorization": "Basic Zm9v",
            },
        ),
    ),
    "generic-hmac signs the body with the raw token, after all other headers": (
        ERROR,
        config("generic-hmac", token=b"topsecret\n", headers={"X-Signature": "forged"}),
        Message(
            url="https://example.com/hook/x",
            body=ERROR_BODY.encode(),
            headers=JSON
            | {
                "Gotk-Component": "kustomize-controller",
                "X-Signature": "sha256=SIGNATURE",
            },
        ),
    ),
    "slack by webhook": (
        INFO,
        config("slack", channel="alerts"),
        (
            "https://example.com/hook/x",
            JSON,
            slack_body(
                INFO,
                channel="alerts",
                fallback="kustomization/webapp.apps: Applied revision: <main@sha1:a1afe267>",
            ),
        ),
    ),
    "discord is slack at another path, without channel and fallback": (
        ERROR,
        config("discord", "https://discord.com/api/webhooks/1/x?wait=true", channel="ignored", username="bot"),
        (
            "https://discord.com/api/webhooks/1/x/slack?wait=true",
            JSON,
            slack_body(ERROR, username="bot", color="danger"),
        ),
    ),
    "discord leaves an address that ends in /slack alone": (
        INFO,
        config("discord", "https://discord.com/api/webhooks/1/x/slack"),
        ("https://discord.com/api/webhooks/1/x/slack", JSON, slack_body(INFO)),
    ),
    "rocket has its own colours and no default user": (
        INFO,
        config("rocket", channel="#ops"),
        ("https://example.com/hook/x", JSON, slack_body(INFO, channel="#ops", username="", color="#0076D7")),
    ),
    "rocket in red": (
        ERROR,
        config("rocket", username="flux"),
        ("https://example.com/hook/x", JSON, slack_body(ERROR, username="flux", color="#FF0000")),
    ),
    "msteams gets an adaptive card with the summary first": (
        INFO,
        config("msteams"),
        (
            "https://example.com/hook/x",
            JSON,
            card(
                {
                    "type": "TextBlock",
                    "text": "kustomization/webapp.apps",
                    "size": "large",
                    "weight": "bolder",
                    "wrap": True,
                },
                {"type": "TextBlock", "text": INFO.message, "wrap": True},
                {
                    "type": "FactSet",
                    "facts": [
                        {"title": "summary", "value": "staging"},
                        {"title": "revision", "value": "main@sha1:a1afe267"},
                    ],
                },
            ),
        ),
    ),
    "an adaptive card in red, without facts": (
        ERROR,
        config("msteams"),
        (
            "https://example.com/hook/x",
            JSON,
            card(
                {
                    "type": "TextBlock",
                    "text": "kustomization/webapp.apps",
                    "size": "large",
                    "weight": "bolder",
                    "wrap": True,
                },
                {"type": "TextBlock", "text": "Health check failed", "wrap": True, "color": "attention"},
                {"type": "FactSet"},
            ),
        ),
    ),
    "msteams at a connector gets the older card": (
        INFO,
        config("msteams", "https://acme.webhook.office.com:443/w/1"),
        (
            "https://acme.webhook.office.com:443/w/1",
            JSON,
            {
                "@type": "MessageCard",
                "@context": "http://schema.org/extensions",
                "themeColor": "0076D7",
                "summary": "kustomization/webapp.apps",
                "sections": [
                    {
                        "activityTitle": INFO.message,
                        "activitySubtitle": "kustomization/webapp.apps",
                        "facts": [
                            {"name": "revision", "value": "main@sha1:a1afe267"},
                            {"name": "summary", "value": "staging"},
                        ],
                    }
                ],
            },
        ),
    ),
    "googlechat in red, without metadata": (
        ERROR,
        config("googlechat"),
        (
            "https://example.com/hook/x",
            JSON,
            {
                "cards": [
                    {
                        "header": {
                            "title": "kustomization/webapp.apps",
                            "subtitle": "kustomize-controller",
                            "imageUrl": None,
                            "imageStyle": None,
                        },
                        "sections": [
                            {
                                "header": "",
                                "widgets": [
                                    {
                                        "textParagraph": {"text": '<font color="#ff0000">Health check failed</font>'},
                                        "keyValue": None,
                                    }
                                ],
                            }
                        ],
                    }
                ]
            },
        ),
    ),
    "googlechat shows metadata in a second section": (
        INFO,
        config("googlechat"),
        (
            "https://example.com/hook/x",
            JSON,
            {
                "cards": [
                    {
                        "header": {
                            "title": "kustomization/webapp.apps",
                            "subtitle": "kustomize-controller",
                            "imageUrl": None,
                            "imageStyle": None,
                        },
                        "sections": [
                            {
                                "header": "",
                                "widgets": [{"textParagraph": {"text": INFO.message}, "keyValue": None}],
                            },
                            {
                                "header": "",
                                "widgets": [
                                    {
                                        "textParagraph": None,
                                        "keyValue": {
                                            "topLabel": key,
                                            "content": value,
                                            "contentMultiline": False,
                                            "bottomLabel": None,
                                            "icon": None,
                                        },
                                    }
                                    for key, value in (("revision", "main@sha1:a1afe267"), ("summary", "staging"))
                                ],
                            },
                        ],
                    }
                ]
            },
        ),
    ),
    "alertmanager fires, with the summary as an annotation": (
        INFO,
        config("alertmanager"),
        ("https://example.com/hook/x", JSON, INFO_ALERT),
    ),
    "at alertmanager basic authentication beats a token": (
        ERROR,
        config("alertmanager", username="u", password="p", token=b"t"),
        ("https://example.com/hook/x", JSON | {"Authorization": "Basic dTpw"}, ERROR_ALERT),
    ),
    "alertmanager with a user name alone takes the token": (
        ERROR,
        config("alertmanager", username="u", token=b" t\n"),
        ("https://example.com/hook/x", JSON | {"Authorization": "Bearer t"}, ERROR_ALERT),
    ),
    "grafana annotates, colons in metadata become bars": (
        INFO,
        config("grafana", username="u", password="p"),
        (
            "https://example.com/hook/x",
            JSON | {"Authorization": "Basic dTpw"},
            {
                "when": WHEN,
                "text": "kustomization/webapp.apps",
                "tags": [
                    "flux",
                    "kustomize-controller",
                    "revision: main@sha1|a1afe267",
                    "summary: staging",
                    *OBJECT_TAGS,
                ],
            },
        ),
    ),
    "at grafana a token beats basic authentication": (
        ERROR,
        config("grafana", username="u", password="p", token=b"t"),
        (
            "https://example.com/hook/x",
            JSON | {"Authorization": "Bearer t"},
            {
                "when": WHEN,
                "text": "kustomization/webapp.apps",
                "tags": ["flux", "kustomize-controller", *OBJECT_TAGS],
            },
        ),
    ),
    "nats publishes the whole event": (
        INFO,
        config("nats", "nats://broker:4222", channel="flux.alerts"),
        Publish(server="nats://broker:4222", subject="flux.alerts", body=INFO_BODY.encode()),
    ),
}


def sign(body: bytes, token: bytes) -> str:
    return hmac.new(token, body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("case", REQUESTS)
def test_whole_requests(case: str) -> None:
    event, configuration, expected = REQUESTS[case]
    sent = render(event, configuration)
    if isinstance(expected, tuple):
        url, headers, body = expected
        assert isinstance(sent, Message)
        assert json.loads(sent.body) == body
        assert sent == Message(url=url, headers=headers, body=sent.body)
    else:
        if isinstance(expected, Message) and "X-Signature" in expected.headers:
            signature = f"sha256={sign(expected.body, configuration.token)}"
            expected = Message(
                url=expected.url, body=expected.body, headers=expected.headers | {"X-Signature": signature}
            )
        assert sent == expected


def test_every_provider_of_the_table_has_a_row() -> None:
    assert {configuration.type for _, configuration, _ in REQUESTS.values()} == set(RENDERERS)


def test_slack_with_a_bot_token_is_judged_by_its_answer() -> None:
    sent = render(ERROR, config("slack", "https://slack.com/api/chat.postMessage", token=b"xoxb-1\n", username="flux"))
    assert isinstance(sent, Message)
    assert sent == Message(
        url="https://slack.com/api/chat.postMessage",
        body=sent.body,
        headers=JSON | {"Authorization": "Bearer xoxb-1"},
        answer="slack",
    )
    assert json.loads(sent.body) == slack_body(
        ERROR, username="flux", color="danger", fallback="kustomization/webapp.apps: Health check failed"
    )


UNUSABLE: dict[str, tuple[Config, type[Unusable], str]] = {
    "an empty address": (
        config("slack", ""),
        Unusable,
        "the address of Provider apps/chat is not an absolute URL (scheme://host/path)",
    ),
    "an address without a scheme, not quoted because it may be a secret": (
        config("generic", "hooks.slack.com/services/T0/B0/secret"),
        Unusable,
        "the address of Provider apps/chat is not an absolute URL (scheme://host/path)",
    ),
    "an address that does not parse": (
        config("grafana", "http://[::1"),
        Unusable,
        "the address of Provider apps/chat is not a URL",
    ),
    "generic-hmac without a token": (
        config("generic-hmac"),
        Unusable,
        "Provider apps/chat of type generic-hmac needs a Secret with a token to sign with",
    ),
    "nats without a channel": (
        config("nats", "nats://broker:4222"),
        Unusable,
        "Provider apps/chat of type nats needs a channel: the subject to publish to",
    ),
    "nats with a wildcard": (
        config("nats", "nats://broker:4222", channel="flux.>"),
        Unusable,
        "the channel of Provider apps/chat is no subject to publish to: it has a blank or wildcard",
    ),
    "a type that is not built yet": (
        config("telegram"),
        NotSupported,
        "Provider apps/chat: type telegram is not supported yet",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_sent_says_why(case: str) -> None:
    configuration, ending, text = UNUSABLE[case]
    with pytest.raises(ending) as caught:
        render(INFO, configuration)
    assert (type(caught.value), str(caught.value)) == (ending, text)
