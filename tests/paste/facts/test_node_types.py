"""Whose service a host, a node's type or a credential's type names."""

import pytest

from core.paste.facts.node_types import provider_in, provider_of_host, split_url, surface_of_name
from core.paste.failure import Provider, Surface


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("anthropic.com", Provider.ANTHROPIC),
        ("api.anthropic.com", Provider.ANTHROPIC),
        ("API.Anthropic.com.", Provider.ANTHROPIC),
        ("notanthropic.com", None),
        ("anthropic.com.example.org", None),
        ("openrouter.ai", Provider.OPENROUTER),
        ("x.ai", Provider.XAI),
        ("max.ai", None),
        ("my.openai.azure.com", Provider.AZURE),
        ("bedrock-runtime.us-east-1.amazonaws.com", Provider.AWS),
    ],
)
def test_a_host_belongs_to_the_vendor_of_its_domain(host: str, provider: Provider | None):
    assert provider_of_host(host) is provider


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        ("Code", Surface.CODE_NODE),
        ("Code2", Surface.CODE_NODE),
        ("HTTP Request 1", Surface.HTTP_REQUEST),
        ("Anthropic Chat Model", Surface.CHAT_MODEL),
        ("My Anthropic Chat Model2", Surface.CHAT_MODEL),
        ("Message a model", Surface.VENDOR_NODE),
        ("Anthropic", Surface.VENDOR_NODE),
        ("Postcode", None),
    ],
)
def test_a_default_name_tells_the_surface(name: str, surface: Surface | None):
    assert surface_of_name(name) is surface


def test_a_url_is_split_into_host_and_path():
    assert split_url("https://api.anthropic.com/v1/messages?beta=true") == ("api.anthropic.com", "/v1/messages")
    assert split_url("api.anthropic.com") == ("api.anthropic.com", None)
    assert split_url("**hidden**/v1/messages?beta=true") == (None, "/v1/messages")
    assert split_url("**hidden**") == (None, None)
    assert split_url("https://[broken") == (None, None)
    assert provider_in("@n8n/n8n-nodes-langchain.lmChatAnthropic") is Provider.ANTHROPIC
