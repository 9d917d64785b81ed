"""What a line says in words that no card holds: objects and refusals in several languages, and what it proves."""

import re
from importlib import resources

import pytest

from core.causes.card import KeyVerdict
from core.causes.kinds import Kind, Kinds, kinds
from core.diagnosis import diagnose
from core.paste.failure import AnsweredBy, Failure

SAID = [
    (
        Kind.MONEY_USED_UP,
        ("Your wallet balance is depleted", "Das Guthaben ist aufgebraucht", "账户余额已耗尽", "saldo agotado"),
    ),
    (Kind.QUOTA_USED_UP, ("the monthly quota of this project is exhausted", "套餐额度已用完")),
    (
        Kind.KEY_REFUSED,
        ("this access token was revoked", "Der API-Schlüssel ist ungültig", "令牌已失效", "APIキーが無効です"),
    ),
    (Kind.KEY_ABSENT, ("please provide an API key", "缺少令牌", "the credential was not supplied")),
    (
        Kind.MODEL_NOT_THERE,
        ("no such model: sonnet-x", "模型 abc 不存在", "Das Modell wurde nicht gefunden", "модель не найдена"),
    ),
    (Kind.MODEL_NOT_ALLOWED, ("your plan is not allowed to call this model", "无权访问该模型")),
    (Kind.RATE, ("requests per minute limit reached", "请求过于频繁", "слишком много запросов", "Zu viele Anfragen")),
    (Kind.BUSY, ("the model is currently at capacity", "服务器繁忙", "サーバーが混雑しています")),
    (
        Kind.INPUT_TOO_LONG,
        ("the conversation is longer than the context window", "上下文过长", "El texto es demasiado largo"),
    ),
    (Kind.MEDIA_TOO_BIG, ("the attachment exceeds the limit of 4 MB", "图片过大")),
    (Kind.MEDIA_BAD, ("cannot decode the picture", "图片格式错误")),
    (Kind.FIELD_MISSING, ("the parameter `role` is required", "缺少参数 model")),
    (Kind.FIELD_UNKNOWN, ("unrecognized field `foo`", "不支持的参数 foo")),
    (Kind.TOOL_RESULTS, ("tool message without a preceding tool call",)),
    (Kind.THINKING_REFUSED, ("reasoning is not supported here",)),
    (Kind.REGION, ("this service is not offered in your country", "所在地区不支持")),
    (Kind.FILTERED, ("the text was flagged by moderation and blocked", "内容包含敏感词")),
    (Kind.PATH_WRONG, ("404 page not found", "接口不存在")),
    (Kind.RELAY_FAILED, ("the upstream closed early", "上游请求失败")),
    (Kind.OUTPUT_UNPARSABLE, ("the response does not match the schema", "could not parse the model output")),
    (Kind.PROGRAM_FAILED, ("TypeError: foo is not a function", "'NoneType' object has no attribute 'x'")),
]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in SAID for line in lines])
def test_a_line_says_its_kind(kind: Kind, line: str) -> None:
    assert kinds().said(Failure(message=line)) == (kind, line)


@pytest.mark.parametrize("line", ["hello there", "Open node", "200 OK", "Es läuft alles", "谢谢", "nothing to see"])
def test_a_line_about_nothing_that_failed_says_no_kind(line: str) -> None:
    assert kinds().said(Failure(message=line)) is None


def test_every_kind_is_in_the_vocabulary_once_and_in_its_order() -> None:
    text = (resources.files("core.causes") / "kinds.toml").read_text(encoding="utf-8")
    assert re.findall(r'(?m)^id = "(\w+)"$', text) == [kind.value for kind in Kind]


@pytest.mark.parametrize("name", ["insufficient_balance", "InsufficientBalance", "insufficient.balance"])
def test_the_name_of_an_error_says_its_kind(name: str) -> None:
    assert kinds().said(Failure(message="no.", error_code=name)) == (Kind.MONEY_USED_UP, name)


def test_the_words_around_an_answer_say_nothing_of_it() -> None:
    around = ("the upstream failed",)
    assert kinds().said(Failure(message="no.", also=around)) == (Kind.RELAY_FAILED, around[0])
    assert kinds().said(Failure(message="no.", also=around, answered_by=AnsweredBy.ANTHROPIC)) is None


def test_words_too_far_apart_are_about_two_things() -> None:
    text = '[words.a]\nlatin = "key"\nother = "鍵"\n[words.b]\nlatin = "bad"\nother = "悪"\n'
    small = Kinds(text + '[[kind]]\nid = "key_refused"\ngap = 5\nnear = [["a", "b"]]\n')
    assert small.said(Failure(message="bad key")) is not None
    assert small.said(Failure(message="key is bad")) is not None
    assert small.said(Failure(message="bad weather and a key")) is None


@pytest.mark.parametrize("envelope", ['{{"error": {{"message": "{}"}}}}', '{{"detail": "{}"}}', "{}"])
@pytest.mark.parametrize("line", [line for _, lines in SAID for line in lines])
def test_a_kind_proves_nothing_about_a_key(line: str, envelope: str) -> None:
    """Whatever is said in words that nobody documented, neither blames a key nor calls it valid."""
    findings = diagnose("400 " + envelope.format(line)).findings
    assert {finding.key_verdict for finding in findings} <= {KeyVerdict.UNKNOWN, KeyVerdict.NOT_INVOLVED}
